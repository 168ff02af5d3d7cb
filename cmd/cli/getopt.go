package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// define puts the flags into the set and lets long ones be shortened to a unique
// prefix, as GNU getopt_long does. netstat's options come first: ours never make
// a prefix ambiguous that is none in netstat.
func define(fs *pflag.FlagSet, netstat, own []flag) *prefixes {
	p := &prefixes{netstat: longNames(netstat), own: longNames(own)}
	// netstat has --unix twice, as a family and as -x: getopt finds that every
	// abbreviation of it is ambiguous.
	p.netstat = append(p.netstat, "unix")
	for _, f := range slices.Concat(netstat, own) {
		name := f.long
		if name == "" {
			name = "=" + f.short // pflag wants a name; this one cannot be typed
		}
		pf := fs.VarPF(f.value, name, f.short, f.help)
		if _, ok := f.value.(action); ok {
			pf.NoOptDefVal = unset
		}
		pf.Hidden = f.help == ""
	}
	fs.SetNormalizeFunc(p.normalize)
	return p
}

func longNames(flags []flag) (names []string) {
	for _, f := range flags {
		if f.long != "" && f.long != manFlag {
			names = append(names, f.long)
		}
	}
	return names
}

// arguments reads the command line as getopt does where pflag does not, and
// gives pflag an equal one: `-A=x` means the family "=x", `-test.v` is a
// cluster, and operands come last, so that none is taken for a command.
//
// A -- behind an operand begins a filter, which becomes the argument of --filter. One
// without an operand before it ends the options as in getopt, and the next -- begins
// the filter.
func arguments(fs *pflag.FlagSet, args []string) []string {
	options, operands := []string{}, []string{"--"}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			if len(operands) == 1 {
				n := slices.Index(args, "--")
				if n < 0 {
					return append(options, append(operands, args...)...)
				}
				operands = append(operands, args[:n]...)
				args = args[n+1:]
			}
			if len(args) > 0 {
				options = append(options, "--"+filterFlag, strings.Join(args, " "))
			}
			args = nil
		case strings.HasPrefix(arg, "--"):
			options = append(options, arg)
			if !strings.Contains(arg, "=") && takesValue(fs.Lookup(arg[2:])) {
				if len(args) == 0 {
					return options // pflag says what is missing
				}
				options = append(options, args[0])
				args = args[1:]
			}
		case strings.HasPrefix(arg, "-") && arg != "-":
			for i := 1; i < len(arg); i++ {
				short := arg[i : i+1]
				f := fs.ShorthandLookup(short)
				if rest := arg[i+1:]; takesValue(f) && rest != "" {
					options = append(options, "--"+f.Name+"="+rest)
					break
				}
				options = append(options, "-"+short)
				if takesValue(f) {
					if len(args) == 0 {
						return options
					}
					options = append(options, args[0])
					args = args[1:]
				}
			}
		default:
			operands = append(operands, arg)
		}
	}
	return append(options, operands...)
}

func takesValue(f *pflag.Flag) bool { return f != nil && f.NoOptDefVal == "" }

// prefixes resolves shortened long options.
type prefixes struct{ netstat, own []string }

func (p *prefixes) normalize(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if matches := p.match(name); len(matches) == 1 {
		return pflag.NormalizedName(matches[0])
	}
	return pflag.NormalizedName(name)
}

// match lists what a name may stand for.
func (p *prefixes) match(name string) []string {
	for _, names := range [][]string{p.netstat, p.own} {
		if slices.Contains(names, name) {
			return []string{name}
		}
	}
	for _, names := range [][]string{p.netstat, p.own} {
		var found []string
		for _, n := range names {
			if strings.HasPrefix(n, name) {
				found = append(found, n)
			}
		}
		if found = mergeAliases(found); len(found) > 0 {
			return found
		}
	}
	return nil
}

// familyOptions are one option to getopt: netstat finds out which was meant
// by the index of the first match in its table, which is this order.
var familyOptions = []string{
	"ax25", "ip", "ipx", "appletalk", "netrom", "inet", "inet6", "rose", "x25", "tcpip", "unix", "ddp", "bluetooth",
}

// mergeAliases folds family options into the first of them.
func mergeAliases(found []string) []string {
	var family string
	for _, f := range familyOptions {
		if slices.Contains(found, f) {
			family = f
			break
		}
	}
	if family == "" {
		return found
	}
	return slices.DeleteFunc(found, func(name string) bool {
		return name != family && slices.Contains(familyOptions, name)
	})
}

// parseError puts pflag's errors into words like getopt's, with what to do.
func (p *prefixes) parseError(err error) error {
	const help = helpHint
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		cause := e.Unwrap()
		if _, ok := errors.AsType[*textWanted](cause); ok {
			return cause
		}
		if own, ok := errors.AsType[*exitError](cause); ok {
			return own
		}
		return usagef(help, "option '--%s' %w", e.GetFlag().Name, wordy(cause))
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return p.notExist(e)
	}
	if e, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok { // --- or --=
		return usagef(help, "unrecognized option '%s'", e.GetSpecifiedFlag())
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		if group := e.GetSpecifiedShortnames(); group != "" {
			return usagef(help, "option '-%s' requires an argument", e.GetFlag().Shorthand)
		}
		return usagef(help, "option '--%s' requires an argument", e.GetFlag().Name)
	}
	return usagef(help, "%w", err)
}

const helpHint = "coldstat --help lists the options"

// commandError is parseError for a command, whose own help lists its options.
func (p *prefixes) commandError(c *cobra.Command, err error) error {
	err = p.parseError(err)
	if e, ok := errors.AsType[*exitError](err); ok && e.hint == helpHint {
		e.hint = "coldstat " + c.Name() + " --help lists the options"
	}
	return err
}

// wordy makes a cause readable behind the option's name.
func wordy(cause error) error {
	if errors.Is(cause, errNoArgument) {
		return cause
	}
	return fmt.Errorf("has a wrong argument: %w", cause)
}

func (p *prefixes) notExist(e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	if e.GetSpecifiedShortnames() != "" {
		return usagef(helpHint, "invalid option '-%s'", name)
	}
	if matches := p.match(name); len(matches) > 1 {
		return usagef("type the whole option, or its letter; coldstat --help lists both", "option '--%s' is ambiguous; possibilities: '--%s'",
			name, strings.Join(matches, "' '--"))
	}
	return usagef(helpHint, "unrecognized option '--%s'", name)
}
