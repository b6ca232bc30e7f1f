package lease

import (
	"context"
	"testing"

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
