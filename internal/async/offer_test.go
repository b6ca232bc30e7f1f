package async

import (
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/require"
)

// offered returns the offer of a store, as a Run of the variable makes it, and its token.
func offered[T any](t testing.TB, v *variable[T], store T) (*Offer, Token) {
	token := v.token()
	require.True(t, token.InPlace())
	var c Cell
	c.PrepareInPlace(token)
	*(*T)(c.Addr(token)) = store
	require.True(t, c.IsInPlace())
	o := c.Offer()
	return &o, token
}

func wantOffered[T any](t *testing.T, store T) {
	t.Run(fmt.Sprintf("%T %v", store, any(store) == any(*new(T))), func(t *testing.T) {
		v := &variable[T]{revoke: true}
		o, token := offered(t, v, store)
		first, second := o.Take(token), o.Take(token)
		require.True(t, first.Equal(&second), "all share one grant")
		require.Equal(t, store, *(*T)(first.resolve(token)))
		o.Withdraw()
		require.Nil(t, first.resolve(token))
		late := o.Take(token)
		require.Nil(t, late.resolve(token))

		o, token = offered(t, v, store)
		o.Withdraw()
		late = o.Take(token)
		require.Nil(t, late.resolve(token), "no goroutine has taken it before")
		require.Equal(t, token, late.Token(), "the goroutine has a store that was revoked, not none")
		runtime.KeepAlive(v)
	})
}

func TestOffer(t *testing.T) {
	wantOffered(t, 7)
	wantOffered(t, 0)
	wantOffered(t, new(int))
	wantOffered[*int](t, nil)
	wantOffered(t, io.EOF)
	wantOffered[error](t, nil)
	wantOffered[any](t, 5)
	wantOffered(t, struct {
		n int
		p *int
	}{3, new(int)})
}

// A goroutine takes an offer, and is stopped before it puts its grant in place or before it
// looks whether the offer has been withdrawn meanwhile. No other finds the store.
func TestOfferThatIsWithdrawnWhileItIsTaken(t *testing.T) {
	v := &variable[*int]{revoke: true}
	for _, before := range []bool{false, true} {
		o, token := offered(t, v, new(int))
		ptr := atomic.LoadPointer(&o.ptr)
		if before {
			o.Withdraw()
			o.makeGrant(token, ptr)
		} else {
			o.makeGrant(token, ptr)
			o.Withdraw()
		}
		c := o.Take(token)
		require.Nil(t, c.resolve(token))
	}
	runtime.KeepAlive(v)
}

func TestOfferKeepsNothingOnceWithdrawn(t *testing.T) {
	v := &variable[*[1 << 16]byte]{revoke: true}
	for _, taken := range []bool{false, true} {
		store := new([1 << 16]byte)
		w := weak.Make(store)
		o, token := offered(t, v, store)
		store = nil
		var c Cell
		if taken {
			c = o.Take(token)
		}
		testkit.Held(t, "the store on offer", w)
		o.Withdraw()
		testkit.Garbage(t, "the store that was on offer", w)
		runtime.KeepAlive(o)
		runtime.KeepAlive(&c)
	}
	runtime.KeepAlive(v)
}

// Goroutines take an offer and read the store while it is withdrawn. What they read is the
// store or nothing, and nothing once Withdraw has returned.
func TestOffersAreTakenWhileTheyAreWithdrawn(t *testing.T) {
	v := &variable[int]{revoke: true}
	for i := range testkit.ScaledByG(t, 500) {
		o, token := offered(t, v, i+1)
		var wg sync.WaitGroup
		var over atomic.Bool
		for range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for last := false; !last; {
					last = over.Load()
					c := o.Take(token)
					p := (*int)(c.resolve(token))
					runtime.Gosched()
					if p != nil && (*p != i+1 || last) {
						t.Errorf("got store %d, withdrawn: %t; want %d, or none once it is withdrawn", *p, last, i+1)
					}
				}
			}()
		}
		runtime.Gosched()
		o.Withdraw()
		over.Store(true)
		wg.Wait()
	}
	runtime.KeepAlive(v)
}
