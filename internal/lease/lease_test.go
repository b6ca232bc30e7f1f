package lease

import (
	"context"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

type embedding struct {
	Lease
	_ int
}

func TestVoidAndEnded(t *testing.T) {
	var around context.Context = context.Background()
	defer func(was func() context.Context) { Ambient = was }(Ambient)
	Ambient = func() context.Context { return around }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	l := new(embedding)
	l.Begin(ctx)
	assert.False(t, Void(l))
	assert.False(t, Ended(l))
	l.End()
	assert.True(t, Void(l))
	assert.True(t, Ended(l))

	around = ctx
	l = new(embedding)
	l.Begin(context.Background())
	assert.True(t, Void(l), "until its end it stands for context.Background")
	assert.False(t, Ended(l))
	l.End()
	assert.False(t, Void(l), "it stands for the context around it, which it keeps")
	assert.True(t, Ended(l))

	for _, store := range []any{nil, 1, ctx, context.Background(), []int{1}} {
		assert.False(t, Void(store), "%v is no lease", store)
		assert.False(t, Ended(store), "%v is no lease", store)
	}
}

// A goroutine whose scopes end elsewhere begins each lease in the one before, which has ended.
// Kept, they would be a chain as long as the goroutine lives.
func TestALeaseKeepsNoneThatHasEnded(t *testing.T) {
	var around context.Context = context.Background()
	defer func(was func() context.Context) { Ambient = was }(Ambient)
	Ambient = func() context.Context { return around }

	ended := new(embedding)
	ended.Begin(context.Background())
	around = ended
	ended.End()
	w := weak.Make(ended)
	l := new(embedding)
	l.Begin(context.Background())
	around, ended = l, nil
	testkit.Garbage(t, "a lease that had ended when another began in it", w)
	assert.False(t, Ended(around))
}

// The methods of a lease are those of the context that als.Context would return.
func TestALeaseIsTheContextThatItStandsFor(t *testing.T) {
	type key struct{}
	outer := context.WithValue(context.Background(), key{}, "around")
	defer func(was func() context.Context) { Ambient = was }(Ambient)
	Ambient = func() context.Context { return outer }
	deadline := time.Now().Add(-time.Hour)
	ctx, cancel := context.WithDeadline(context.WithValue(outer, key{}, "leased"), deadline)
	defer cancel()

	l := new(embedding)
	l.Begin(ctx)
	assert.Equal(t, "leased", l.Value(key{}))
	assert.Equal(t, context.DeadlineExceeded, l.Err())
	assert.True(t, testkit.Closed(l.Done()))
	at, ok := l.Deadline()
	assert.True(t, ok)
	assert.Equal(t, deadline, at)

	l.End()
	assert.Equal(t, "around", l.Value(key{}))
	assert.NoError(t, l.Err())
	assert.Nil(t, l.Done())
	_, ok = l.Deadline()
	assert.False(t, ok)
}
