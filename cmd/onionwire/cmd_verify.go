package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/node/rpc"
)

type verifyOptions struct {
	nodeFlags
	qr    bool
	image string
	png   string
}

func newVerify(tor *cli.TorFlags) *cobra.Command {
	o := verifyOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "verify CONTACT [NUMBER | --image FILE]",
		Short: "Make sure that a contact is who they say they are",
		Long: `verify shows the safety number of you and a contact, as digits and as words. Both sides
have the same one, unless somebody is between you. Compare it over a way on which you
know each other, by telephone for example.

With NUMBER, the digits or the words that the other side reads out, or with --image, a
picture of the QR code that they show (PNG, JPEG or GIF), it compares for you: if they
match, the contact is verified from then on, and the exit status is 0. If not, it is 1,
and the contact is not verified any more.

Yours is shown as a QR code with --qr, and written to a new PNG file with --png.

With --json, it prints the safety number as in docs/rpc.md and whether the contact is
"verified".`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a contact, and the safety number that they have if you want it compared")
			}
			if o.image != "" && len(args) > 1 {
				return errors.New("give the safety number or --image FILE, not both")
			}
			return nil
		},
		ValidArgsFunction: o.completeContacts(rpc.AcceptedContact, rpc.RequestedContact, rpc.AskingContact),
		RunE: func(c *cobra.Command, args []string) error {
			typed, err := o.theirs(args[1:])
			if err != nil {
				return err
			}
			return o.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				return o.run(ctx, s, args[0], typed)
			})
		},
	}
	o.register(c.Flags())
	c.Flags().BoolVar(&o.qr, "qr", false, "show it as a QR code for the other side to read, too")
	c.Flags().StringVar(&o.image, "image", "", "picture `FILE` of the QR code that the other side shows")
	c.Flags().StringVar(&o.png, "png", "", "new `FILE` for the QR code as a picture")
	return c
}

// theirs is the safety number that the other side has, or nothing, before anything is opened.
func (o *verifyOptions) theirs(args []string) (string, error) {
	if o.png != "" {
		if err := vacant(o.png); err != nil {
			return "", err
		}
	}
	if o.image != "" {
		return qr.Read(o.image)
	}
	return strings.Join(args, " "), nil
}

// errDifferent means that somebody may be between the two.
var errDifferent = errors.New("the safety numbers are different")

// verification is what verify finds.
type verification struct {
	rpc.SafetyNumber
	Verified bool `json:"verified"`
}

func (o *verifyOptions) run(ctx context.Context, s *session, given, typed string) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	if typed != "" {
		switch matches, err := s.VerifyContact(ctx, c.ID, typed); {
		case errors.Is(err, rpc.ErrInvalid):
			return cli.Hint(cli.Usage(errors.New("this is no whole safety number")), "it is 60 digits or 16 words, or the QR code that they show, which is not your own; without one, verify shows yours")
		case err != nil:
			return err
		case !matches:
			return cli.Hint(errDifferent, "compare once more; if they stay different, somebody may be between you: do not go on")
		}
	}
	number, err := s.SafetyNumber(ctx, c.ID)
	if err != nil {
		return err
	}
	if o.png != "" {
		if err := writeCode(o.png, number.Code); err != nil {
			return err
		}
	}
	if typed != "" {
		return s.out.Show(verification{number, true}, "%s is verified", output.Line(lookup.Label(c)))
	}
	if s.out.JSON {
		return s.out.Object(verification{number, c.Verified})
	}
	if _, err := fmt.Fprintf(s.out.Out, "%s\n%s\n", number.Digits, number.Words); err != nil {
		return err
	}
	if o.qr {
		_, err = fmt.Fprint(s.out.Out, qr.Terminal(number.Code))
	}
	return err
}
