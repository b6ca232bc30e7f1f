package alsdebug

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One of a thing is named in the singular, in the text and on the page.
func TestOneGoroutineIsSingular(t *testing.T) {
	assert.Equal(t, "0 goroutines, 1 goroutine, 2 goroutines",
		count(0, "goroutine")+", "+count(1, "goroutine")+", "+count(2, "goroutine"))
	q, bad := queryOf(httptest.NewRequest("GET", "/", nil).URL.Query())
	require.Empty(t, bad)
	for _, form := range []format{html, text} {
		page, err := render(form, "list", &list{query: q, Taken: time.Now(), Matching: 1, Size: 50, Page: 1, GroupCount: 1})
		require.NoError(t, err)
		assert.Contains(t, string(page), "1 goroutine, page 1 of 1")
	}
	page, err := render(html, "goroutine", &detail{Found: true, Goroutine: goroutineRow{WaitMinutes: 1}})
	require.NoError(t, err)
	assert.Contains(t, string(page), "for 1 minute<")
}
