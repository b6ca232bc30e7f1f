package known_test

import (
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/fixture"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// TestNames looks up in the real packages what the analyzers know by name. The
// module of testdata requires them: alsvet itself does not, so that it can be
// installed at any version without them.
func TestNames(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{
		Mode: fixture.Mode,
		Dir:  "../../testdata",
		Env:  append(os.Environ(), "GOWORK=off", "GOFLAGS="),
	}, known.ALS, known.Hooks)
	require.NoError(t, err)
	require.Zero(t, packages.PrintErrors(pkgs))
	var have []string
	for _, pkg := range pkgs {
		scope := pkg.Types.Scope()
		for _, name := range scope.Names() {
			switch obj := scope.Lookup(name).(type) {
			case *types.Func:
				have = append(have, known.Name(obj))
			case *types.TypeName:
				named, ok := obj.Type().(*types.Named)
				for i := 0; ok && i < named.NumMethods(); i++ {
					have = append(have, known.Name(named.Method(i)))
				}
			}
		}
	}
	names := slices.Concat(known.Starts, known.Enters, known.Binds, known.Encloses, []string{
		known.Func("New"), known.Func("AfterFunc"), known.Method("Storage", "WithScope"),
	})
	for _, name := range names {
		assert.Contains(t, have, name)
	}
	assert.NotContains(t, have, known.Func("Gone"), "the control")
	assert.True(t, strings.HasPrefix(known.ALS, known.Module))
}
