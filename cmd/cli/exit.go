package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/words"
)

// Exit codes. With several bundles the highest counts.
const (
	exitOK      = 0
	exitLacking = 1 // what was asked for is not in the bundle: as netstat
	exitFailed  = 2 // a bundle cannot be read, or the output not be written
	exitUsage   = 3 // as netstat
	exitDamaged = 4 // the bundle is damaged: what could be read was shown

	exitFound = 10 // triage has findings, diff differences, or peers faults

	exitInterrupted = 130 // as shells have it
)

var exitStatuses = []struct {
	code  int
	means string
}{
	{exitOK, "all that was asked for was shown"},
	{exitLacking, "a table that was asked for by name is not in the bundle (netstat's status)"},
	{exitFailed, "a bundle cannot be read at all, or the output cannot be written"},
	{exitUsage, "wrong arguments (netstat's status)"},
	{exitDamaged, "a bundle is damaged; everything that could be read was shown"},
	{exitFound, "triage: findings as bad as --fail-on says; diff: changes; peers: faults"},
	{exitInterrupted, "interrupted; no unfinished file is left behind"},
}

// An exitError ends the run with a code. A nil err says nothing.
type exitError struct {
	code int
	err  error
	hint string
	stop bool // further bundles make no sense

	place []string // lines that show where the error is
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usagef(hint, format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// finish says what went wrong, the only place that does, and picks the code.
func finish(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	e, ok := errors.AsType[*exitError](err)
	if !ok {
		e = &exitError{code: exitFailed, err: err}
	}
	if e.err != nil {
		fmt.Fprintf(w, "coldstat: error: %s\n", words.Safe(e.err.Error()))
	}
	for _, line := range e.place {
		fmt.Fprintf(w, "  %s\n", words.Safe(line))
	}
	if hint := e.hint; hint != "" {
		fmt.Fprintf(w, "coldstat: hint: %s\n", words.Safe(hint))
	}
	return e.code
}

// openError adds to an error of bundle.Open what to do about it.
func openError(err error) error {
	e := &exitError{code: exitFailed, err: err}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		e.err = fmt.Errorf("cannot open %q: %w", p.Path, p.Err)
	}
	if u, ok := errors.AsType[*bundle.UnknownFormatError](err); ok {
		e.hint = u.Hint
		if e.hint == "" {
			e.hint = "BUNDLE is a directory, a tar or zip archive, a file of /proc/net, compressed or not, or - for standard input"
		}
	}
	host, noHost := errors.AsType[*bundle.NoHostError](err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.hint = permissionHint
	case errors.Is(err, fs.ErrNotExist):
		e.hint = "BUNDLE is the path of a directory or an archive"
	case noHost && host.Empty && host.Name == bundle.StdinName:
		e.hint = "name a BUNDLE, or pipe an archive in: coldstat -tan sosreport-host.tar.xz"
	case noHost:
		e.hint = captureHint
	}
	return e
}

const permissionHint = "read it as the user who unpacked it, or: chmod -R u+rX BUNDLE"

// captureHint is the way to capture that always works: tar alone stores the
// files of /proc empty, because the kernel says that their size is 0.
const captureHint = "run on the captured machine what coldstat capture-script prints"
