package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type response struct {
	status      int
	contentType string
	body        string
}

func ask(t *testing.T, url, path, name, id string) response {
	req, err := http.NewRequest(http.MethodGet, url+path, nil)
	require.NoError(t, err)
	if name != "" {
		req.Header.Set("Authorization", "Bearer "+name)
	}
	req.Header.Set("X-Request-Id", id)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return response{resp.StatusCode, resp.Header.Get("Content-Type"), string(body)}
}

func TestBothVersionsAnswerTheSame(t *testing.T) {
	withContext, withALS := httptest.NewServer(WithContext()), httptest.NewServer(WithALS())
	defer withContext.Close()
	defer withALS.Close()

	status := map[int]int{}
	var clients sync.WaitGroup
	var mu sync.Mutex
	for c := range 4 {
		clients.Add(1)
		go func() {
			defer clients.Done()
			for _, path := range []string{"/orders/1", "/orders/17", "/orders/0", "/orders/x", "/elsewhere"} {
				for _, name := range []string{"", "ann", "bob"} {
					id := "r-" + strconv.Itoa(c)
					want := ask(t, withContext.URL, path, name, id)
					assert.Equal(t, want, ask(t, withALS.URL, path, name, id), "%s as %q", path, name)
					mu.Lock()
					status[want.status]++
					mu.Unlock()
				}
			}
		}()
	}
	clients.Wait()
	assert.Equal(t, map[int]int{200: 16, 401: 20, 404: 24}, status)

	body := ask(t, withALS.URL, "/orders/1", "ann", "r-9").body
	assert.Contains(t, body, `"requestId":"r-9"`)
	assert.Contains(t, body, `"name":"ann"`)
}

func TestCompare(t *testing.T) {
	steps := 0
	rows, err := Compare(Drive, 2, 50, func() { steps++ })
	require.NoError(t, err)
	assert.Equal(t, 2, steps)
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
		require.Len(t, r.Cells, 2)
		for _, c := range r.Cells {
			assert.Positive(t, c.Value.Median, "%s of %s", r.Name, c.System)
			assert.Equal(t, 2, c.Value.N)
		}
		require.NotNil(t, r.Cells[1].Ratio)
	}
	assert.Equal(t, Names(), names)
}

func TestDriveReportsWrongAnswers(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	_, err := Drive(Load{URL: s.URL, Requests: 3, Clients: 2})
	assert.ErrorContains(t, err, "404")
}
