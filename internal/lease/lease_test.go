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

func TestVoid(t *testing.T) {
	var around context.Context = context.Background()
	defer func(was func() context.Context) { Ambient = was }(Ambient)
	Ambient = func() context.Context { return around }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	l := new(embedding)
	l.Begin(ctx)
	assert.False(t, Void(l))
	l.End()
	assert.True(t, Void(l))

	around = ctx
	l = new(embedding)
	l.Begin(context.Background())
	assert.True(t, Void(l), "while it lasts it stands for context.Background")
	l.End()
	assert.False(t, Void(l), "it stands for the context around it, which it keeps")

	for _, store := range []any{nil, 1, ctx, context.Background(), []int{1}} {
		assert.False(t, Void(store), "%v is no lease", store)
	}
}
