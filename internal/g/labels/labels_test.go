package labels

import (
	"bytes"
	"context"
	"reflect"
	"runtime/pprof"
	"strings"
	"testing"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"

	_ "github.com/seed-1938943e/goroutine" // initializes package g
)

func TestLayoutOfThisRelease(t *testing.T) {
	assert.NoError(t, Check())
	assert.Equal(t, g.GoidOffset() != 0, Offset() != 0)
	for range 20 {
		assert.Equal(t, known(), find())
	}
}

// Get returns the labels that runtime/pprof set, and a new goroutine has those of its
// creator.
func TestLabelsLieAtTheOffset(t *testing.T) {
	if Offset() == 0 {
		t.Skip("not known here")
	}
	testkit.InGoroutine(func() {
		ctx := labelled()
		pprof.SetGoroutineLabels(ctx)
		set := pointerIn(ctx).UnsafePointer()
		assert.Equal(t, set, Get())
		Set(nil)
		assert.Nil(t, Get())
		Set(set)
		assert.Equal(t, set, Get())
		testkit.InGoroutine(func() { assert.Equal(t, set, Get(), "inherited") })
		pprof.SetGoroutineLabels(context.Background())
		assert.Nil(t, Get())
	})
}

// A profile shows labels that were set through a pointer.
func TestAProfileShowsTheLabelsThatAreSet(t *testing.T) {
	testkit.InGoroutine(func() {
		type pair struct{ key, value string }
		set := []pair{{"a user's", "label"}}
		Set(unsafe.Pointer(&set))
		defer Set(nil)
		var profile bytes.Buffer
		assert.NoError(t, pprof.Lookup("goroutine").WriteTo(&profile, 1))
		assert.True(t, strings.Contains(profile.String(), `{"a user's":"label"}`), profile.String())
	})
}

// The search keeps the caller's labels.
func TestSearchKeepsTheCallersLabels(t *testing.T) {
	if Offset() == 0 {
		t.Skip("not known here")
	}
	testkit.InGoroutine(func() {
		ctx := labelled()
		pprof.SetGoroutineLabels(ctx)
		find()
		assert.Equal(t, pointerIn(ctx).UnsafePointer(), Get())
	})
}

// Check fails for labels with another layout.
func TestUnknownLayouts(t *testing.T) {
	type pair struct{ key, value string }
	for _, known := range []any{
		struct{ list []pair }{}, struct{ set struct{ list []pair } }{},
	} {
		assert.NoError(t, checkSet(reflect.TypeOf(known)))
	}
	for _, unknown := range []any{
		map[string]string{}, []string{}, struct{ m map[string]string }{},
		struct {
			list []pair
			n    int
		}{},
		struct{ list [1]pair }{},
		struct{ list []*pair }{},
		struct{ list []struct{ key string } }{},
		struct{ list []struct{ key, value []byte } }{},
		struct {
			list []struct {
				key   string
				value int
			}
		}{},
		struct{ list []struct{ a, b, c string } }{},
	} {
		assert.Error(t, checkSet(reflect.TypeOf(unknown)), "%T", unknown)
	}
	type key struct{}
	for _, ctx := range []context.Context{context.Background(), context.WithValue(context.Background(), key{}, 2), someContext{}} {
		_, err := typeOfSet(ctx)
		assert.ErrorContains(t, err, "cannot be found")
	}
}

type someContext struct{ context.Context }
