package triage

import (
	"math"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// TestConfigErrors: what is wrong with a configuration is said in words that name the
// line, or the rule, and what to write.
func TestConfigErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "disabled: [T03]\ncolour: red\n", `line 2, column 1: unknown field "colour": it takes thresholds, disabled and allowed_listeners`},
		{"unknown rule", "thresholds:\n  T999: {warning: 1}\n", `thresholds: there is no rule "T999"`},
		{"unknown rule to disable", "disabled: [T999]\n", `disabled: there is no rule "T999"`},
		{"unknown threshold", "thresholds: {T06: {warn: 1}}", `thresholds: T06 has no threshold "warn": it has warning, critical`},
		{"negative", "thresholds: {T06: {warning: -1}}", `thresholds: T06: warning is -1, and must be a number from 0 on; disabled: [T06] turns the rule off`},
		{"not a number", "thresholds: {T06: {warning: .nan}}", `thresholds: T06: warning is NaN, and must be a number from 0 on; disabled: [T06] turns the rule off`},
		{"infinite", "thresholds: {T06: {warning: .inf}}", `thresholds: T06: warning is +Inf, and must be a number from 0 on; disabled: [T06] turns the rule off`},
		{"a word", "thresholds:\n  T06:\n    warning: many\n", `line 3, column 14: a threshold is a number`},
		{"the same rule twice", "thresholds: {t06: {warning: 5}, T06: {warning: 7}}", `thresholds: T06 stands there twice`},
		{"the same key twice", "disabled: [T03]\ndisabled: [T06]\n", `line 2, column 1: mapping key "disabled" already defined at [1:1]`},
		{"a list", "[1]", `line 1, column 1: this does not belong here: write thresholds: {T06: {warning: 100}}, disabled: [T03], allowed_listeners: [tcp/22]`},
		{"no YAML", "disabled: [", `line 1, column 11: sequence end token ']' not found`},
		{"two documents", "disabled: [T03]\n---\ndisabled: [T06]\n", `it has more than one document: leave the lines --- out`},
		{"another protocol", "allowed_listeners: [sctp/22]", `allowed_listeners: "sctp/22": "sctp" is none of tcp and udp`},
		{"no port", "allowed_listeners: [tcp/http]", `allowed_listeners: "tcp/http": "http" is no port: write tcp/22, udp/10.0.0.1:53 or 443`},
		{"port 0", "allowed_listeners: [0]", `allowed_listeners: "0": "0" is no port: write tcp/22, udp/10.0.0.1:53 or 443`},
		{"too large a port", "allowed_listeners: [65536]", `allowed_listeners: "65536": "65536" is no port: write tcp/22, udp/10.0.0.1:53 or 443`},
		{"a name for an address", `allowed_listeners: ["tcp/web1:443"]`, `allowed_listeners: "tcp/web1:443": "web1" is no address`},
		{"too large", "# " + strings.Repeat("x", MaxConfig), `it has more than 65536 bytes`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ReadConfig(strings.NewReader(tt.text))
			if err == nil || err.Error() != tt.want || c != nil {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// TestConfigReads: what a configuration says is done; an empty one changes nothing.
func TestConfigReads(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n", "{}\n", "thresholds: {}\ndisabled: []\nallowed_listeners: []\n"} {
		c, err := ReadConfig(strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, ok := c.threshold("T06", "warning"); ok || c.disabled("T06") || c.allows(&rows.Socket{Protocol: "tcp", LocalPort: parser.Some(uint64(22))}) {
			t.Errorf("%q changes something", text)
		}
	}
	c, err := ReadConfig(strings.NewReader("thresholds: {t06: {warning: 0.5}}\ndisabled: [t03]\nallowed_listeners: [tcp/22, \"udp/[::1]:53\", 443]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := c.threshold("T06", "warning"); v != 0.5 || !ok || !c.disabled("T03") || c.disabled("T06") {
		t.Errorf("threshold %v, %v", v, ok)
	}
}

// FuzzConfig: no configuration makes the reader panic; what it takes has finite
// thresholds of rules that there are, and an error is one line.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{
		"thresholds: {T06: {warning: 100}}\ndisabled: [T03]\nallowed_listeners: [tcp/22]\n", "a: &a [*a, *a]", "<<: {disabled: [T03]}", "disabled: !!binary aGk=",
		"? [a]\n: b", "thresholds: {T06: {warning: 1e400}}", "thresholds: {T06: ~}", "disabled: |\n  T03", "\xff\xfe", "--- |", strings.Repeat("[", 20_000), strings.Repeat("a: {", 5000), "%YAML 1.2\n---\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadConfig(strings.NewReader(text))
		if err != nil {
			if err.Error() == "" || c != nil {
				t.Errorf("%q: error %q and a configuration", text, err)
			}
			return
		}
		for id, values := range c.thresholds {
			for name, v := range values {
				if _, err := ByID([]string{id}); err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
					t.Errorf("%q: %s.%s is %v: %v", text, id, name, v, err)
				}
			}
		}
	})
}
