//go:build amd64 || arm64

package async

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/goversion"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// withTwins runs fn with leaves that leave every call to their twins.
func withTwins(fn func()) {
	offset := goidOffset
	defer func() { goidOffset = offset }()
	goidOffset = 0
	fn()
}

// Otherwise TestTwinsAgree would compare the twins with themselves.
func TestLeavesAreInPlace(t *testing.T) {
	if !goversion.Known {
		t.Skip("the calling convention of this release is not verified")
	}
	assert.True(t, leavesWork())
	assert.NotZero(t, goidOffset)
	code := func(f any) uintptr { return reflect.ValueOf(f).Pointer() }
	assert.NotEqual(t, code(lookupSlow), code(Lookup))
	assert.NotEqual(t, code(currentSlow), code(Current))
	assert.NotEqual(t, code(captureSlow), code(Capture))
	assert.NotEqual(t, code(fastCellSlow), code(FastCell))
}

// The common cases must not take the slow way.
func TestLeavesAskTheirTwins(t *testing.T) {
	if !goversion.Known {
		t.Skip("the calling convention of this release is not verified")
	}
	asked := 0
	// Once a test has used a private key, every capture of what is not empty asks.
	defer privateInUse.Store(privateInUse.Swap(false))
	defer func() {
		lookupTwin, currentTwin, captureTwin, fastCellTwin = lookupSlow, currentSlow, captureSlow, fastCellSlow
	}()
	lookupTwin = func(k *Key) unsafe.Pointer { asked++; return lookupSlow(k) }
	currentTwin = func() *Record { asked++; return currentSlow() }
	captureTwin = func() Context { asked++; return captureSlow() }
	fastCellTwin = func(x Token) (*Record, *Cell) { asked++; return fastCellSlow(x) }
	testkit.InGoroutine(func() {
		var v, other variable[int]
		v.token()
		other.token()
		asked = 0
		v.wantNone(t)
		assert.True(t, Capture().Empty())
		assert.Zero(t, asked, "a goroutine without stores")
		v.set(1)
		asked = 0
		v.set(2)
		v.want(t, 2)
		other.wantNone(t)
		assert.Zero(t, asked, "one store")
		c := Capture()
		assert.Equal(t, 1, asked, "capturing what is not shared")
		asked = 0
		assert.Equal(t, c, Capture())
		other.wantNone(t)
		v.want(t, 2)
		assert.Zero(t, asked, "reading what is shared")
		FastCell(v.token())
		assert.Equal(t, 1, asked, "writing to what is shared")
		v.set(3)
		asked = 0
		_, cell := FastCell(v.token())
		assert.NotNil(t, cell)
		assert.Zero(t, asked, "writing to what is not")
		scope := v.scope(4)
		_, cell = FastCell(v.token())
		assert.Nil(t, cell)
		assert.Equal(t, 1, asked, "a scope")
		scope.End()
		asked = 0
		enter(c, func() { v.want(t, 2) })
		assert.Zero(t, asked, "a switch")
		displaced := []int{}
		for range 3 { // keys that want the same place in an array of four
			var far variable[int]
			for far.token().Index()%firstArray != v.token().Index()%firstArray {
				far = variable[int]{}
			}
			far.set(1)
			asked = 0
			_, cell = FastCell(far.token())
			assert.NotNil(t, cell)
			displaced = append(displaced, asked)
		}
		assert.Equal(t, []int{0, 0, 0}, displaced, "cells that are not at home")
		withTwins(func() { v.want(t, 3) })
		assert.Equal(t, 1, asked)
	})
}
