package goroutine

import (
	"go/build"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbers that we took from the runtime's source, looked up in the source of
// the release under test. It is the only test that sees all of them: some states
// last for nanoseconds, and reading past a g shows nothing.
func TestNumbersAreThoseInTheRuntimeSource(t *testing.T) {
	if _, err := os.Stat(filepath.Join(build.Default.GOROOT, "src", "runtime", "runtime2.go")); err != nil {
		t.Skipf("no source of the runtime: %v", err)
	}
	// The type checker computes offsets as the compiler does.
	pkg, err := importer.ForCompiler(token.NewFileSet(), "source", nil).Import("runtime")
	require.NoError(t, err)

	number := func(name string) uint64 {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		require.True(t, ok, name)
		n, ok := constant.Uint64Val(c.Val())
		require.True(t, ok, name)
		return n
	}
	assert.Equal(t, number("_Grunning"), uint64(statusRunning))
	assert.Equal(t, number("_Gdead"), uint64(statusDead))
	assert.Equal(t, number("_Gscan"), uint64(statusScanBit))
	// No state that we do not know may have one of our numbers, or mean death.
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || !strings.HasPrefix(name, "_G") || name == "_GoidCacheBatch" {
			continue
		}
		n, _ := constant.Uint64Val(c.Val())
		// A g that is dead extra is kept for callbacks from C and comes back.
		means := strings.Contains(name, "dead") && !strings.Contains(name, "deadextra")
		assert.Equal(t, means, n&^statusScanBit == statusDead, "%s = %#x", name, n)
	}

	g := pkg.Scope().Lookup("g").Type().Underlying().(*types.Struct)
	fields := make(map[string]int)
	var vars []*types.Var
	for i := range g.NumFields() {
		fields[g.Field(i).Name()] = i
		vars = append(vars, g.Field(i))
	}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	offsets := sizes.Offsetsof(vars)
	if hasAssembly {
		assert.EqualValues(t, offsets[fields["goid"]], knownGoidOffset)
		assert.EqualValues(t, offsets[fields["atomicstatus"]], knownGoidOffset-statusDistance)
		assert.GreaterOrEqual(t, sizes.Sizeof(g), int64(searchLimit))
	}
}
