package download_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

const (
	killEnv  = "ONIONWIRE_TEST_DRAFT" // the path of a draft that is to be written
	killSize = 300*chunk + 12_345
)

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		if err := writeUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled goes on with a draft, and prints the number of each chunk once it
// is written.
func writeUntilKilled(path string) error {
	// That of the flushed chunks is never told: the system does not go down here.
	d, err := download.Resume(path, killSize, 0)
	if err != nil {
		return err
	}
	defer d.Close()
	file := content(killSize)
	layout, err := filecrypt.NewLayout(killSize)
	if err != nil {
		return err
	}
	fmt.Println("from", d.Chunks())
	for d.Chunks() < layout.Chunks() {
		index := d.Chunks()
		piece, err := layout.Chunk(index)
		if err != nil {
			return err
		}
		start := min(piece.Offset, killSize)
		if err := d.WriteChunk(index, file[start:][:piece.Data]); err != nil {
			return err
		}
		fmt.Println("wrote", index)
		time.Sleep(time.Millisecond)
	}
	return nil
}

// The process is killed at any moment: every chunk that was written is there, and
// only those of padding are written again.
func TestKilled(t *testing.T) {
	if boot := must[[]byte](t)(os.ReadFile("/proc/sys/kernel/random/boot_id")); len(boot) == 0 {
		t.Fatal("the system does not say since when it runs")
	}
	dir, file := folder(t), content(killSize)
	const data = 301 // chunks that are not only padding
	d := begin(t, dir, killSize)
	check(t, d.Close())
	written, kills := 0, 0
	for finished := false; !finished; kills++ {
		ctx, kill := context.WithCancel(t.Context())
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), killEnv+"="+d.Path())
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		check(t, err)
		check(t, cmd.Start())
		lines, count := bufio.NewScanner(out), rand.N(40)
		for ; lines.Scan(); count-- {
			word, number, _ := strings.Cut(lines.Text(), " ")
			n := must[int](t)(strconv.Atoi(number))
			switch {
			case word == "from" && n < min(written, data):
				t.Errorf("it goes on from chunk %d, and %d were written", n, written)
			case word == "wrote":
				written = n + 1
			}
			if count == 0 {
				time.AfterFunc(rand.N(3*time.Millisecond), kill)
			}
		}
		err = cmd.Wait()
		if finished = err == nil; !finished && ctx.Err() == nil {
			t.Fatal(err) // it has failed by itself
		}
		kill()
	}
	t.Logf("%d times killed", kills-1)
	d = resume(t, d.Path(), killSize, chunks(t, killSize))
	check(t, d.Verify(t.Context(), sha256.Sum256(file), nil))
	path := must[string](t)(d.Finish("x"))
	check(t, d.Abort())
	wantContent(t, path, file)
	wantNames(t, filepath.Dir(path), "x")
}
