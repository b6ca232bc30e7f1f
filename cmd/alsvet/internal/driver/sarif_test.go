package driver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// schema is what the schema of SARIF 2.1.0 (OASIS, errata 01) says of the objects that
// we print: which properties they have, the required ones with an exclamation mark, and
// what each is. Other properties are not allowed, as additionalProperties says there.
var schema = map[string]map[string]string{
	"log":                      {"$schema": "uri", "version!": "2.1.0", "runs!": "[]run"},
	"run":                      {"tool!": "tool", "results": "[]result"},
	"tool":                     {"driver!": "toolComponent"},
	"toolComponent":            {"name!": "string", "informationUri": "uri", "rules": "[]reportingDescriptor"},
	"reportingDescriptor":      {"id!": "string", "shortDescription": "multiformatMessageString", "fullDescription": "multiformatMessageString"},
	"multiformatMessageString": {"text!": "string"},
	"result": {
		"ruleId": "string", "level": "none|note|warning|error", "message!": "message",
		"locations": "[]location", "partialFingerprints": "strings",
	},
	"message":          {"text!": "string"}, // required, unless there is an id
	"location":         {"physicalLocation": "physicalLocation"},
	"physicalLocation": {"artifactLocation!": "artifactLocation", "region": "region"}, // it or an address
	"artifactLocation": {"uri": "uri"},
	"region":           {"startLine": "positive", "startColumn": "positive", "endLine": "positive", "endColumn": "positive"},
}

var uriReference = regexp.MustCompile(`^([a-z]+:)?([\w./~!$&'()*+,;=:@#?-]|%[0-9A-F]{2})*$`)

// violations returns what the schema does not allow in a value.
func violations(at, want string, value any) []string {
	wrong := func() []string { return []string{fmt.Sprintf("%s: %v is no %s", at, value, want)} }
	if of, isList := strings.CutPrefix(want, "[]"); isList {
		list, ok := value.([]any)
		if !ok {
			return wrong()
		}
		var found []string
		for i, element := range list {
			found = append(found, violations(fmt.Sprintf("%s[%d]", at, i), of, element)...)
		}
		return found
	}
	if properties := schema[want]; properties != nil {
		object, ok := value.(map[string]any)
		if !ok {
			return wrong()
		}
		return violationsOfObject(at, properties, object)
	}
	text, isText := value.(string)
	ok := false
	switch want {
	case "string":
		ok = isText
	case "uri":
		ok = isText && uriReference.MatchString(text)
	case "positive":
		n, isNumber := value.(float64)
		ok = isNumber && n >= 1 && n == float64(int(n))
	case "strings":
		object, isObject := value.(map[string]any)
		ok = isObject
		for _, element := range object {
			_, isText := element.(string)
			ok = ok && isText
		}
	default:
		ok = isText && slices.Contains(strings.Split(want, "|"), text)
	}
	if !ok {
		return wrong()
	}
	return nil
}

func violationsOfObject(at string, properties map[string]string, object map[string]any) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		want := properties[name]
		if want == "" {
			want = properties[name+"!"]
		}
		if want == "" {
			found = append(found, at+"."+name+" is not in the schema")
			continue
		}
		found = append(found, violations(at+"."+name, want, object[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if name, required := strings.CutSuffix(name, "!"); required && object[name] == nil {
			found = append(found, at+"."+name+" is required")
		}
	}
	return found
}

// sarif prints findings as SARIF and returns the decoded value.
func sarif(t *testing.T, found []Finding) any {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, printSARIF(&out, found, suite.Analyzers()))
	var log any
	require.NoError(t, json.Unmarshal(out.Bytes(), &log))
	return log
}

func TestSARIFSchema(t *testing.T) {
	for name, found := range map[string][]Finding{
		"findings":    findings(t),
		"none":        nil,
		"odd paths":   {{File: "/a b/100%/ü?#.go", Line: 1, Message: "m"}, {File: "c d.go", Line: 1, Message: "m"}},
		"no end":      {{File: "a.go", Line: 3, Column: 1, Message: "m"}},
		"no position": {{File: "a.go", Line: 1, Message: "m"}},
	} {
		assert.Empty(t, violations("log", "log", sarif(t, found)), name)
	}
	// The controls: what the schema does not allow is found.
	for text, want := range map[string]string{
		`{"version": "2.1.0"}`:                                        "log.runs is required",
		`{"version": "2.0.0", "runs": []}`:                            "log.version: 2.0.0 is no 2.1.0",
		`{"version": "2.1.0", "runs": {}}`:                            "is no []run",
		`{"version": "2.1.0", "runs": [{"tool": {}}]}`:                "log.runs[0].tool.driver is required",
		`{"version": "2.1.0", "runs": [], "extra": 1}`:                "log.extra is not in the schema",
		`{"version": "2.1.0", "runs": [], "$schema": "a b"}`:          "is no uri",
		`{"version": "2.1.0", "runs": [{"results": [{"level": 1}]}]}`: "is no none|note|warning|error",
	} {
		var log any
		require.NoError(t, json.Unmarshal([]byte(text), &log))
		assert.Contains(t, strings.Join(violations("log", "log", log), "\n"), want)
	}
}

// Every result names a rule that is there, and no two have one fingerprint.
func TestSARIFResults(t *testing.T) {
	found := findings(t)
	found = append(found, found...)
	run := sarif(t, found).(map[string]any)["runs"].([]any)[0].(map[string]any)
	var rules []any
	for _, rule := range run["tool"].(map[string]any)["driver"].(map[string]any)["rules"].([]any) {
		rules = append(rules, rule.(map[string]any)["id"])
	}
	assert.Len(t, rules, len(suite.Analyzers()))
	fingerprints := make(map[any]bool)
	results := run["results"].([]any)
	for _, result := range results {
		assert.Contains(t, rules, result.(map[string]any)["ruleId"])
		fingerprints[result.(map[string]any)["partialFingerprints"].(map[string]any)["alsvet/v1"]] = true
	}
	assert.Len(t, fingerprints, len(found))
	region := results[0].(map[string]any)["locations"].([]any)[0].(map[string]any)["physicalLocation"].(map[string]any)["region"]
	assert.Equal(t, map[string]any{"startLine": 3., "startColumn": 2., "endLine": 3., "endColumn": 10.}, region)
}

func TestFileURI(t *testing.T) {
	assert.Equal(t, "dir/a.go", fileURI("dir/a.go"))
	assert.Equal(t, "dir/a%20b%25.go", fileURI("dir/a b%.go"))
	assert.Equal(t, "file:///src/a.go", fileURI("/src/a.go"))
}
