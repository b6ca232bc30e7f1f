package inherit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Where functions have been renamed inheritance stays off.
func TestNamesOfFunctions(t *testing.T) {
	assert.NoError(t, checkNames())
	assert.Error(t, compareNames("Ab12.Cd34", "runtime/pprof.Do"), "our own, by garble")
	assert.Error(t, compareNames(nameOf(checkNames), "Ef56.Gh78"), "those of the standard library")
}

func TestInProgram(t *testing.T) {
	seen := map[string]bool{}
	inProgram(func(name string) bool { seen[name] = true; return true })
	for _, fn := range []any{inProgram, TestInProgram, DetachNamed, checkNames, assert.Equal} {
		assert.True(t, seen[nameOf(fn)], nameOf(fn))
	}
	assert.Greater(t, len(seen), 1000)
	calls := 0
	inProgram(func(string) bool { calls++; return false })
	assert.Equal(t, 1, calls)
}

// A name that the program does not have is not ignored.
func TestStatusOfUnknownNames(t *testing.T) {
	ForgetDetached(t)
	assert.NoError(t, Status())
	DetachNamed(nameOf(TestInProgram))
	assert.NoError(t, Status())
	DetachNamed("example.com/b.(*Conn).loop")
	DetachNamed("example.com/a.serve")
	for range 2 {
		err := Status()
		assert.ErrorIs(t, err, ErrUnknownName)
		assert.EqualError(t, err, "inherit: DetachNamed: the program has no function with this name: example.com/a.serve, example.com/b.(*Conn).loop")
	}
}
