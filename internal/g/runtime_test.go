package g_test

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

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The numbers that we took from the runtime's source are those in the source of the
// release under test. No other test sees all of them: some states last for
// nanoseconds, and a read beyond the end of a g goes unnoticed.
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
	assert.Equal(t, number("_Grunning"), uint64(g.StatusRunning))
	assert.Equal(t, number("_Gdead"), uint64(g.StatusDead))
	assert.Equal(t, number("_Gscan"), uint64(g.StatusScanBit))
	// Only the state of a dead g may have our number for it.
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || !strings.HasPrefix(name, "_G") || name == "_GoidCacheBatch" {
			continue
		}
		n, _ := constant.Uint64Val(c.Val())
		// A g in state deadextra is kept for callbacks from C and runs again.
		dead := strings.Contains(name, "dead") && !strings.Contains(name, "deadextra")
		assert.Equal(t, dead, n&^g.StatusScanBit == g.StatusDead, "%s = %#x", name, n)
	}

	gType := pkg.Scope().Lookup("g").Type().Underlying().(*types.Struct)
	fields := make(map[string]int)
	var vars []*types.Var
	for i := range gType.NumFields() {
		fields[gType.Field(i).Name()] = i
		vars = append(vars, gType.Field(i))
	}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	offsets := sizes.Offsetsof(vars)
	if g.GoidOffset() != 0 {
		assert.EqualValues(t, offsets[fields["goid"]], g.GoidOffset())
		assert.EqualValues(t, offsets[fields["atomicstatus"]], g.StatusOffset())
		assert.EqualValues(t, offsets[fields["startpc"]], g.StartOffset())
		creator, statement := g.Origins()
		assert.EqualValues(t, offsets[fields["parentGoid"]], creator)
		assert.EqualValues(t, offsets[fields["gopc"]], statement)
		assert.EqualValues(t, offsets[fields["labels"]], labels.Offset())
		assert.GreaterOrEqual(t, sizes.Sizeof(gType), int64(g.SearchLimit))
	}
}
