package cli

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// captureScript makes a capture where there is nothing but a POSIX shell and the
// tools that go with it.
//
//go:embed capture.sh
var captureScript string

// newCaptureScript makes the command that prints the script.
func newCaptureScript(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "capture-script",
		Short: "print the shell script that captures a machine, with or without netstat, root or containers on it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("coldstat capture-script > capture.sh", "capture-script takes no BUNDLE: it prints the script that makes one")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if _, err := io.WriteString(s.Out, captureScript); err != nil {
				return writeError(err)
			}
			return nil
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usagef("coldstat capture-script --help", "%w", err)
	})
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) {
		io.WriteString(s.Out, "coldstat capture-script: "+c.Short+captureHelp)
	})
	return cmd
}

// captureHelp says how the script is used.
const captureHelp = `

Usage:
  coldstat capture-script > capture.sh

Examples:
  sudo sh capture.sh                      the archive is made here, its name printed
  ssh web1 sudo sh -s < capture.sh        the archive stays on web1
  ssh web1 sh -s -- -o - < capture.sh > web1.tar.gz
  kubectl exec -i POD -- sh -s -- -o - < capture.sh > pod.tar.gz

Options of the script:
  -o FILE                the archive's name; - is standard output
`
