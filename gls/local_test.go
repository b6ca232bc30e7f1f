package gls

import (
	"testing"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLocal(t *testing.T) {
	var local Local[string]
	v, ok := local.Get()
	require.False(t, ok)
	require.Empty(t, v)
	local.Delete()

	local.Set("one")
	v, ok = local.Get()
	require.True(t, ok)
	require.Equal(t, "one", v)

	local.Set("two")
	v, _ = local.Get()
	require.Equal(t, "two", v)
	testkit.InGoroutine(func() {
		v, ok := local.Get()
		assert.False(t, ok)
		assert.Empty(t, v)
		local.Set("other")
		local.Delete()
	})
	v, _ = local.Get()
	require.Equal(t, "two", v)

	local.Delete()
	v, ok = local.Get()
	require.False(t, ok)
	require.Empty(t, v)
	local.Set("")
	v, ok = local.Get()
	require.True(t, ok, "the zero value is a value")
	require.Empty(t, v)
}

// A value is copied in and out: changing one's own variable changes nothing.
func TestLocalCopies(t *testing.T) {
	var local Local[[2]int]
	v := [2]int{1, 2}
	local.Set(v)
	v[0] = 9
	got, _ := local.Get()
	require.Equal(t, [2]int{1, 2}, got)
	local.Set(v)
	v[1] = 9
	got[1] = 7
	got, _ = local.Get()
	require.Equal(t, [2]int{9, 2}, got)
}

func TestLocalOfNothing(t *testing.T) {
	var local Local[struct{}]
	_, ok := local.Get()
	require.False(t, ok)
	local.Set(struct{}{})
	_, ok = local.Get()
	require.True(t, ok)
}
