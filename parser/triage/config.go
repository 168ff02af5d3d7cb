package triage

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
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
const MaxConfig = 1 << 20

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
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	return file.config()
}

func (f configFile) config() (*Config, error) {
	c := &Config{thresholds: map[string]map[string]float64{}, off: map[string]bool{}}
	for id, values := range f.Thresholds {
		found, err := ByID([]string{id})
		if err != nil {
			return nil, fmt.Errorf("thresholds: %w", err)
		}
		for name, v := range values {
			if !slices.ContainsFunc(found[0].Thresholds, func(t Threshold) bool { return t.Name == name }) {
				return nil, fmt.Errorf("thresholds: %s has no threshold %q: it has %s", found[0].ID, name, strings.Join(thresholdNames(found[0]), ", "))
			}
			if v < 0 || v != v {
				return nil, fmt.Errorf("thresholds: %s: %s is %v, and it counts from 0 on", found[0].ID, name, v)
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
