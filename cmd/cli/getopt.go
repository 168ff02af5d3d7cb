package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// define puts the flags into the set and lets long ones be shortened to a unique
// prefix, as GNU getopt_long does. netstat's options come first: ours never make
// a prefix ambiguous that is none in netstat.
func define(fs *pflag.FlagSet, netstat, own []flag) *prefixes {
	p := &prefixes{netstat: longNames(netstat), own: longNames(own)}
	for _, f := range slices.Concat(netstat, own) {
		name := f.long
		if name == "" {
			name = "short-" + f.short // pflag wants a name; prefixes never resolves to it
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
		if f.long != "" {
			names = append(names, f.long)
		}
	}
	return names
}

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
	const help = "coldstat --help lists the options"
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		cause := e.Unwrap()
		if errors.Is(cause, errHelp) || errors.Is(cause, errVersion) {
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
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		if group := e.GetSpecifiedShortnames(); group != "" {
			return usagef(help, "option '-%s' requires an argument", e.GetFlag().Shorthand)
		}
		return usagef(help, "option '--%s' requires an argument", e.GetFlag().Name)
	}
	return usagef(help, "%w", err)
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
		return usagef("coldstat --help lists the options", "invalid option '-%s'", name)
	}
	if matches := p.match(name); len(matches) > 1 {
		return usagef("type more letters of the option", "option '--%s' is ambiguous; possibilities: '--%s'",
			name, strings.Join(matches, "' '--"))
	}
	return usagef("coldstat --help lists the options", "unrecognized option '--%s'", name)
}
