package triage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/coldstat/coldstat/parser/rows"
)

// A Config changes what rules hold for too much. The nil Config changes nothing.
type Config struct {
	thresholds map[string]map[string]float64
	off        map[string]bool
	listeners  []listener
}

// configFile is the YAML form.
type configFile struct {
	// Thresholds by rule and name: T06: {warning: 100}.
	Thresholds map[string]map[string]float64 `yaml:"thresholds"`
	// Disabled lists rules by id.
	Disabled []string `yaml:"disabled"`
	// AllowedListeners are PROTO/PORT, PROTO/ADDRESS:PORT or PORT: tcp/22,
	// tcp/10.0.0.1:5432, 443.
	AllowedListeners []string `yaml:"allowed_listeners"`
}

// MaxConfig is the most bytes that a configuration may have.
const MaxConfig = 1 << 16

// ReadConfig reads a configuration. Errors name the line.
func ReadConfig(r io.Reader) (*Config, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxConfig {
		return nil, fmt.Errorf("it has more than %d bytes", MaxConfig)
	}
	var file configFile
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decode(d, &file); errors.Is(err, io.EOF) {
		return file.config() // nothing but comments
	} else if err != nil {
		return nil, yamlError(err)
	}
	var more any
	if err := decode(d, &more); err == nil {
		return nil, errors.New("it has more than one document: leave the lines --- out")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(err)
	}
	return file.config()
}

// decode reads a document. The library panics on some that do not fit, such as a tag
// !!binary in place of a list.
func decode(d *yaml.Decoder, into any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be read as YAML: %v", p)
		}
	}()
	return d.Decode(into)
}

// yamlError says with the line what is wrong, in words that do without those of Go.
func yamlError(err error) error {
	at := "it is no YAML"
	e, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return err
	}
	if t := e.GetToken(); t != nil && t.Position != nil {
		at = fmt.Sprintf("line %d, column %d", t.Position.Line, t.Position.Column)
	}
	switch wrong, isType := errors.AsType[*yaml.TypeError](err); {
	case isType && wrong.DstType.Kind() == reflect.Float64:
		return fmt.Errorf("%s: a threshold is a number", at)
	case strings.HasPrefix(e.GetMessage(), "unknown field"):
		return fmt.Errorf("%s: %s: it takes thresholds, disabled and allowed_listeners", at, e.GetMessage())
	case isType, strings.HasSuffix(e.GetMessage(), "is expected"):
		return fmt.Errorf("%s: this does not belong here: write thresholds: {T06: {warning: 100}}, disabled: [T03], allowed_listeners: [tcp/22]", at)
	}
	return fmt.Errorf("%s: %s", at, e.GetMessage())
}

func (f configFile) config() (*Config, error) {
	c := &Config{thresholds: map[string]map[string]float64{}, off: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(f.Thresholds)) {
		values := f.Thresholds[id]
		found, err := ByID([]string{id})
		if err != nil {
			return nil, fmt.Errorf("thresholds: %w", err)
		}
		if c.thresholds[found[0].ID] != nil {
			return nil, fmt.Errorf("thresholds: %s stands there twice", found[0].ID)
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			v := values[name]
			if !slices.ContainsFunc(found[0].Thresholds, func(t Threshold) bool { return t.Name == name }) {
				return nil, fmt.Errorf("thresholds: %s has no threshold %q: it has %s", found[0].ID, name, strings.Join(thresholdNames(found[0]), ", "))
			}
			if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("thresholds: %s: %s is %v, and must be a number from 0 on; disabled: [%s] turns the rule off", found[0].ID, name, v, found[0].ID)
			}
		}
		c.thresholds[found[0].ID] = values
	}
	off, err := ByID(f.Disabled)
	if err != nil {
		return nil, fmt.Errorf("disabled: %w", err)
	}
	for _, r := range off {
		c.off[r.ID] = true
	}
	for _, text := range f.AllowedListeners {
		l, err := readListener(text)
		if err != nil {
			return nil, fmt.Errorf("allowed_listeners: %q: %w", text, err)
		}
		c.listeners = append(c.listeners, l)
	}
	return c, nil
}

func thresholdNames(r *Rule) (names []string) {
	for _, t := range r.Thresholds {
		names = append(names, t.Name)
	}
	if names == nil {
		return []string{"none"}
	}
	return names
}

// A listener is one that is meant to be there. An empty protocol is any, and so is an
// address that is not valid.
type listener struct {
	protocol string
	addr     netip.Addr
	port     uint64
}

func readListener(text string) (l listener, err error) {
	rest := text
	if before, after, ok := strings.Cut(text, "/"); ok {
		if !slices.Contains([]string{"tcp", "udp"}, before) {
			return l, fmt.Errorf("%q is none of tcp and udp", before)
		}
		l.protocol, rest = before, after
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		if l.addr, err = netip.ParseAddr(strings.Trim(rest[:i], "[]")); err != nil {
			return l, fmt.Errorf("%q is no address", rest[:i])
		}
		rest = rest[i+1:]
	}
	l.port, err = strconv.ParseUint(rest, 10, 16)
	if err != nil || l.port == 0 {
		return l, fmt.Errorf("%q is no port: write tcp/22, udp/10.0.0.1:53 or 443", rest)
	}
	return l, nil
}

func (c *Config) threshold(id, name string) (float64, bool) {
	if c == nil {
		return 0, false
	}
	v, ok := c.thresholds[id][name]
	return v, ok
}

func (c *Config) disabled(id string) bool { return c != nil && c.off[id] }

func (c *Config) allows(s *rows.Socket) bool {
	if c == nil {
		return false
	}
	addr, _ := s.LocalAddress.Get()
	port, _ := s.LocalPort.Get()
	return slices.ContainsFunc(c.listeners, func(l listener) bool {
		return l.port == port && (l.protocol == "" || strings.HasPrefix(s.Protocol, l.protocol)) && (!l.addr.IsValid() || l.addr == addr)
	})
}
