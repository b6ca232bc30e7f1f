package inheritance_test

import (
	"os"
	"reflect"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// A key that a plain goroutine uses before anything else gets another home than the stores
// that the goroutine inherits.
func TestAKeyFirstUsedInAPlainChildHasAHomeOfItsOwn(t *testing.T) {
	const again = "INHERITANCE_TEST_HOMES"
	if os.Getenv(again) == "" {
		stdout, stderr, exitCode := testkit.Again(t, again+"=1") // where no key has been used
		assert.Zero(t, exitCode, "%s%s", stdout, stderr)
		return
	}
	begin(t)
	var inherited, own async.Key
	var others [3]async.Key // with those, the next index has the home of inherited
	use := func(k *async.Key) uint32 {
		return k.Use(reflect.TypeFor[int](), async.KeyOptions{}).Index()
	}
	inNew(func() {
		token := inherited.Use(reflect.TypeFor[int](), async.KeyOptions{})
		r, c := async.CellFor(token)
		c.Prepare(token)
		r.Changed()
		inNew(func() {
			for i := range others {
				use(&others[i])
			}
		})
		testkit.InGoroutine(func() { // which has no record yet
			assert.NotEqual(t, inherited.Token().Index()%4, use(&own)%4)
			assert.NotNil(t, async.Lookup(&inherited))
		})
	})
}
