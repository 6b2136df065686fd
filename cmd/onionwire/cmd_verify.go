package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/node/rpc"
)

type verifyOptions struct {
	nodeFlags
	qr bool
}

func newVerify(tor *cli.TorFlags) *cobra.Command {
	o := verifyOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "verify CONTACT [NUMBER]",
		Short: "Make sure that a contact is who they say they are",
		Long: `verify shows the safety number of you and a contact, as digits and as words. Both sides
have the same one, unless somebody is between you. Compare it over a way on which you
know each other, by telephone for example.

With NUMBER, the digits or the words that the other side reads out, or what their QR code
says, it compares for you: if they match, the contact is verified from then on, and the
exit status is 0. If not, it is 1, and the contact is not verified any more.

With --json, it prints the safety number as in docs/rpc.md and whether the contact is
"verified".`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a contact, and the safety number that they have if you want it compared")
			}
			return nil
		},
		ValidArgsFunction: o.completeContacts(accepted, requested, asking),
		RunE: func(c *cobra.Command, args []string) error {
			return o.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				return o.run(ctx, s, args[0], strings.Join(args[1:], " "))
			})
		},
	}
	o.register(c.Flags())
	c.Flags().BoolVar(&o.qr, "qr", false, "show it as a QR code for the other side to read, too")
	return c
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
			return cli.Hint(cli.Usage(errors.New("this is no whole safety number")), "it is 60 digits or 16 words; without one, verify shows yours")
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
	if typed != "" {
		return s.out.Show(verification{number, true}, "%s is verified", output.Line(nameOf(c)))
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
