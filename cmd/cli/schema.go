package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/render"
)

// schemaFormats are the forms of `coldstat schema`.
var schemaFormats = []struct {
	name  string
	write func(io.Writer) error
}{
	{"markdown", render.SchemaMarkdown},
	{"json", render.SchemaJSON},
}

// newSchema makes the command that documents the rows.
func newSchema(s Streams) *cobra.Command {
	format := schemaFormats[0].name
	cmd := &cobra.Command{
		Use:   "schema [--format markdown|json]",
		Short: "describe the columns of each kind of row, as a table or as JSON Schema",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("coldstat schema --help", "schema takes no BUNDLE: it describes the rows of all")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			for _, f := range schemaFormats {
				if f.name == format {
					if err := f.write(s.Out); err != nil {
						return writeError(err)
					}
					return nil
				}
			}
			return usagef("the formats are markdown and json", "--format: %q is none of markdown and json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "markdown or json (JSON Schema 2020-12)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usagef("coldstat schema --help", "%w", err)
	})
	s.completes(cmd, map[string]cobra.CompletionFunc{
		"format": cobra.FixedCompletions([]string{"markdown", "json"}, cobra.ShellCompDirectiveNoFileComp),
	})
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { commandHelp(s, c, nil) })
	return cmd
}
