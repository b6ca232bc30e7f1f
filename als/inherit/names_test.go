package inherit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The check of names fails if functions have been renamed.
func TestNamesOfFunctions(t *testing.T) {
	assert.NoError(t, checkNames())
	assert.Error(t, compareNames("Ab12.Cd34", "runtime/pprof.Do"), "our own")
	assert.Error(t, compareNames(nameOf(checkNames), "Ef56.Gh78"), "those of the standard library")
}

func TestEachFunctionOfTheProgram(t *testing.T) {
	seen := map[string]bool{}
	eachFunction(func(name string) bool { seen[name] = true; return true })
	for _, fn := range []any{eachFunction, TestEachFunctionOfTheProgram, DetachNamed, checkNames, assert.Equal} {
		assert.True(t, seen[nameOf(fn)], nameOf(fn))
	}
	assert.Greater(t, len(seen), 1000)
	calls := 0
	eachFunction(func(string) bool { calls++; return false })
	assert.Equal(t, 1, calls)
}

// Status reports the names of functions that the program does not have.
func TestStatusOfUnknownNames(t *testing.T) {
	ForgetDetached(t)
	assert.NoError(t, Status())
	DetachNamed(nameOf(TestEachFunctionOfTheProgram))
	assert.NoError(t, Status())
	DetachNamed("example.com/b.(*Conn).loop")
	DetachNamed("example.com/a.serve")
	for range 2 {
		err := Status()
		assert.ErrorIs(t, err, ErrUnknownName)
		assert.EqualError(t, err, "inherit: DetachNamed: the program has no function with this name: example.com/a.serve, example.com/b.(*Conn).loop")
	}
}
