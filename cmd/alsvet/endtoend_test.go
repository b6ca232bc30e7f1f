package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const server = `package main

import (
	"fmt"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func main() {
	user.Run("ann", func() { greet("hello") })
}

func greet(word string) {
	var done sync.WaitGroup
	done.Add(1)
	go func(word string) {
		defer done.Done()
		fmt.Println(word, user.Get())
	}(word + ",")
	done.Wait()
}
`

// The same server, fixed.
const fixed = `	{
		word := word + ","
		als.Go(func() {
			defer done.Done()
			fmt.Println(word, user.Get())
		})
	}
	done.Wait()
`

const finding = "main.go:19:2: gostmt: the goroutine starts without the caller's stores: use als.Go"

// TestThreeWays runs the binary alone, below go vet and as a tool of a module, on a
// module of its own.
func TestThreeWays(t *testing.T) {
	binary, module := build(t), newModule(t)

	out, code := run(t, module, binary, "./...")
	assert.Contains(t, out, finding)
	assert.Equal(t, 3, code)

	out, code = run(t, module, "go", "vet", "-vettool="+binary, "./...")
	assert.Contains(t, out, finding)
	assert.Equal(t, 1, code)

	out, code = run(t, module, "go", "tool", "alsvet", "./...")
	assert.Contains(t, out, finding)
	assert.NotZero(t, code)

	// Flags reach the analyzers in each of them.
	for _, way := range [][]string{{binary}, {"go", "vet", "-vettool=" + binary}, {"go", "tool", "alsvet"}} {
		out, code := run(t, module, append(way, "-gostmt=false", "./...")...)
		assert.Zero(t, code, out)
		assert.Empty(t, out)
	}
}

func TestFixDiffJSON(t *testing.T) {
	binary, module := build(t), newModule(t)
	before, _ := run(t, module, "go", "run", ".")
	assert.Equal(t, "hello, \n", before, "the store is lost")

	out, code := run(t, module, binary, "-json", "./...")
	assert.Zero(t, code)
	var byPackage map[string]map[string][]struct {
		Posn, Message  string
		SuggestedFixes []struct{ Message string } `json:"suggested_fixes"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &byPackage), out)
	require.Len(t, byPackage["example.com/server"]["gostmt"], 1)
	assert.Len(t, byPackage["example.com/server"]["gostmt"][0].SuggestedFixes, 1)

	out, code = run(t, module, binary, "-fix", "-diff", "./...")
	assert.Zero(t, code, out)
	assert.Contains(t, out, "\n+\t\tals.Go(func() {\n")
	assert.Equal(t, server, read(t, module), "-diff changes nothing")

	out, code = run(t, module, binary, "-fix", "./...")
	assert.Zero(t, code, out)
	assert.Contains(t, read(t, module), fixed)
	after, _ := run(t, module, "go", "run", ".")
	assert.Equal(t, "hello, ann\n", after)

	out, code = run(t, module, binary, "./...")
	assert.Zero(t, code, out)
}

func TestBadFlags(t *testing.T) {
	binary, module := build(t), newModule(t)
	for _, bad := range []struct {
		args []string
		want string
	}{
		{[]string{"-diff", "./..."}, "alsvet: -diff shows what -fix would change"},
		{[]string{"-json", "-fix", "./..."}, "alsvet: -json prints findings and -fix changes files"},
		{[]string{"-nothing", "./..."}, "alsvet: flag provided but not defined: -nothing"},
		{[]string{"-callback.funcs=a b", "./..."}, `alsvet: invalid value "a b" for flag -callback.funcs: "a b" is no function`},
		{[]string{"-gostmt.forbid=perhaps", "./..."}, `alsvet: invalid boolean value "perhaps" for -gostmt.forbid`},
		{[]string{"./nowhere"}, "nowhere"},
	} {
		out, code := run(t, module, append([]string{binary}, bad.args...)...)
		assert.NotZero(t, code)
		assert.Contains(t, out, bad.want)
		assert.Less(t, strings.Count(out, "\n"), 12, "no page of usage")
	}
}

func TestHelp(t *testing.T) {
	out, code := run(t, t.TempDir(), build(t), "-h")
	assert.Zero(t, code)
	assert.Contains(t, out, "usage: alsvet [-flag...] [package...]")
	out, code = run(t, t.TempDir(), build(t), "help")
	assert.Zero(t, code)
	for _, name := range []string{"gostmt", "callback", "enterwith", "scopeend", "storagecopy", "perrequest", "defaultstore", "revoked", "httporder", "ignore"} {
		assert.Contains(t, out, "\n  "+name+" ")
	}
}
