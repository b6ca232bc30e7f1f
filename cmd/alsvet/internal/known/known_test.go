package known_test

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	_ "github.com/seed-1938943e/goroutine/als" // so that the module is there for these tests
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// TestNames looks up in the real packages what the analyzers know by name.
func TestNames(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedName | packages.NeedImports},
		known.ALS, known.Hooks)
	require.NoError(t, err)
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
