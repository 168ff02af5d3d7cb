package render

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
)

// SARIF 2.1.0 as far as findings need it, of which the OASIS standard says all. The
// library that a test validates it with cannot be linked: through its JSON Schema it
// has net/http, and nothing here may be able to ask a network.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Automation  *sarifID          `json:"automationDetails,omitempty"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]any    `json:"properties"`
}

type sarifID struct {
	ID string `json:"id"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifRule struct {
	ID         string         `json:"id"`
	Short      sarifText      `json:"shortDescription"`
	Full       sarifText      `json:"fullDescription"`
	Help       sarifText      `json:"help"`
	HelpURI    string         `json:"helpUri,omitempty"`
	Default    sarifLevel     `json:"defaultConfiguration"`
	Properties map[string]any `json:"properties"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level   string        `json:"level"`
	Message sarifText     `json:"message"`
	Rule    *sarifRuleRef `json:"associatedRule,omitempty"`
}

type sarifRuleRef struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]any    `json:"properties"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
	Message  sarifText     `json:"message"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homePage    = "https://github.com/coldstat/coldstat"
)

var sarifLevels = map[triage.Severity]string{triage.Critical: "error", triage.Warning: "warning", triage.Info: "note"}

// triageSARIF writes a run for each machine.
func triageSARIF(w io.Writer, _ Options, t Triage) error {
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{}}
	for i := range t.Hosts {
		log.Runs = append(log.Runs, sarifRunOf(&t.Hosts[i]))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(log)
}

func sarifRunOf(h *TriageHost) sarifRun {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "coldstat", InformationURI: homePage, Rules: []sarifRule{}}},
		Results:    []sarifResult{},
		Properties: map[string]any{"schema": rows.Schema},
	}
	if title := hostTitle(h); title != "" {
		run.Automation = &sarifID{"coldstat triage/" + words.Safe(title)}
	}
	for name, value := range map[string]parser.Opt[string]{
		"host": h.Source.Host, "netns": h.Source.NetNS, "bundle": h.Source.Bundle, "kernel": h.Source.Kernel, "captureTime": h.Source.CaptureTime,
	} {
		if v, ok := value.Get(); ok {
			run.Properties[name] = words.Safe(v)
		}
	}
	fine := []string{}
	for _, r := range h.Report.Fine {
		fine = append(fine, r.ID)
	}
	run.Properties["fine"] = fine
	index := map[*triage.Rule]int{}
	for i, r := range h.Report.Rules() {
		index[r] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(r))
	}
	for i := range h.Report.Findings {
		f := &h.Report.Findings[i]
		run.Results = append(run.Results, sarifResultOf(f, index[f.Rule]))
	}
	told := sarifInvocation{Successful: true, Notifications: []sarifNotification{}}
	for _, n := range h.Report.NotChecked {
		told.Notifications = append(told.Notifications, sarifNotification{
			"note", sarifText{words.Safe(n.Rule.ID + " was not checked: " + n.Why)}, &sarifRuleRef{n.Rule.ID, index[n.Rule]},
		})
	}
	for _, d := range h.Diagnostics {
		told.Notifications = append(told.Notifications, sarifNotification{Level: d.Severity, Message: sarifText{words.Safe(d.Message)}})
	}
	run.Invocations = []sarifInvocation{told}
	return run
}

func sarifRuleOf(r *triage.Rule) sarifRule {
	rule := sarifRule{
		ID: r.ID, Short: sarifText{r.Title}, Full: sarifText{r.Means},
		Help:    sarifText{r.Means + "\nNext: " + r.Do + ".\nSee: " + strings.Join(r.References, betweenTexts) + "."},
		Default: sarifLevel{sarifLevels[r.Severity]}, Properties: map[string]any{"needs": needsOf(r)},
	}
	for _, ref := range r.References {
		if isLink(ref) {
			rule.HelpURI = ref
			break
		}
	}
	thresholds := map[string]any{}
	for _, t := range r.Thresholds {
		thresholds[t.Name] = finite(t.Value)
	}
	rule.Properties["thresholds"] = thresholds
	return rule
}

func sarifResultOf(f *triage.Finding, index int) sarifResult {
	message := f.What + ". Next: " + f.Next() + "."
	if len(f.Doubts) > 0 {
		message += " Not certain: " + strings.Join(f.Doubts, betweenTexts) + "."
	}
	result := sarifResult{
		RuleID: f.Rule.ID, RuleIndex: index, Level: sarifLevels[f.Severity], Message: sarifText{words.Safe(message)},
		Locations:    []sarifLocation{},
		Fingerprints: map[string]string{"subject/v1": words.Safe(f.Rule.ID + " " + f.Subject)},
		Properties:   map[string]any{"severity": f.Severity.String(), "confidence": f.Confidence(), "evidenceCount": f.Count},
	}
	for _, e := range f.Evidence {
		at := sarifLocation{sarifPhysical{Artifact: sarifArtifact{uriOf(e.File)}}, sarifText{words.Safe(e.Text)}}
		if e.Line > 0 {
			at.Physical.Region = &sarifRegion{e.Line}
		}
		result.Locations = append(result.Locations, at)
	}
	figures := []map[string]any{}
	for _, figure := range f.Figures {
		m := map[string]any{"name": words.Safe(figure.Name), "value": finite(figure.Value), "unit": figure.Unit}
		if figure.Held {
			m["threshold"], m["thresholdFrom"] = finite(figure.Threshold), words.Safe(figure.From)
		}
		figures = append(figures, m)
	}
	result.Properties["figures"] = figures
	return result
}

// finite is nil for what JSON cannot say.
func finite(v float64) any {
	if n, ok := rows.Number(v).Get(); ok {
		return n
	}
	return nil
}

// uriOf makes a relative reference of the name of a file (RFC 3986): whatever is not
// unreserved or a slash is percent-encoded, also the colon of what would be a scheme.
func uriOf(file string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(file) {
		c := file[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '/' && i > 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
