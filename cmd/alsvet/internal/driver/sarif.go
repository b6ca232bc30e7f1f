package driver

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// The part of SARIF 2.1.0 that code scanning services read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		URI   string      `json:"informationUri"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Full  sarifText `json:"fullDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// printSARIF prints the findings for code scanning, with paths relative to the working
// directory.
func printSARIF(w io.Writer, found []Finding, analyzers []*analysis.Analyzer) error {
	run := sarifRun{
		Tool:    sarifTool{sarifDriver{Name: "alsvet", URI: "https://github.com/seed-1938943e/goroutine/tree/main/cmd/alsvet"}},
		Results: []sarifResult{},
	}
	for _, a := range analyzers {
		title, _, _ := strings.Cut(a.Doc, "\n")
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{a.Name, sarifText{title}, sarifText{a.Doc}})
	}
	seen := make(map[string]int)
	for _, f := range found {
		location := sarifLocation{sarifPhysical{
			Artifact: sarifArtifact{fileURI(shortest(f.File))},
			Region:   sarifRegion{f.Line, f.Column, f.EndLine, f.EndCol},
		}}
		// A service takes results with one fingerprint for one, so they are numbered.
		fingerprint := baselineLine("x", f)
		seen[fingerprint]++
		if n := seen[fingerprint]; n > 1 {
			fingerprint += " #" + strconv.Itoa(n)
		}
		run.Results = append(run.Results, sarifResult{
			RuleID:       f.Analyzer,
			Level:        "warning",
			Message:      sarifText{f.Message},
			Locations:    []sarifLocation{location},
			Fingerprints: map[string]string{"alsvet/v1": fingerprint},
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// fileURI returns a URI reference to a file: its path, escaped, and with a scheme if it is
// absolute.
func fileURI(path string) string {
	uri := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		uri.Scheme = "file"
		if !strings.HasPrefix(uri.Path, "/") { // C:/dir
			uri.Path = "/" + uri.Path
		}
	}
	return uri.String()
}
