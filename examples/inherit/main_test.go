package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

func TestProgram(t *testing.T) {
	var out, err bytes.Buffer
	require.Zero(t, run(nil, &out, &err), err.String())
	assert.Empty(t, err.String())
	text := out.String()
	assert.True(t, strings.HasSuffix(text, "\nall work saw what the documentation says\n"))
	for _, line := range []string{
		"connection  bob    GotConn               bob        on the caller's goroutine",
		"connection  bob    GotFirstResponseByte  no user    on a goroutine of the connection",
		"connection  bob    GotFirstResponseByte  bob        the same callback, bound",
		"worker      bob    task                  alice      a store of a plain Storage",
		"worker      bob    task                  no user    the same with RevokeOnEnd",
		"worker      bob    task                  bob        the same, bound",
	} {
		assert.Equal(t, 1, strings.Count(text, line+"\n"), line)
	}
	assert.True(t, strings.HasPrefix(text, "inherit: with als/inherit plain go statements carry stores"), text)
	assert.Equal(t, 17, strings.Count(text, "\n"))
}

// Without inheritance the check must fail: the worker's go statement carries nothing.
func TestWithoutInheritance(t *testing.T) {
	if os.Getenv("INHERIT_EXAMPLE_CHILD") != "" {
		os.Exit(run(nil, os.Stdout, os.Stderr))
	}
	cmd := exec.Command(os.Args[0], "-test.run=TestWithoutInheritance$")
	cmd.Env = append(os.Environ(), "INHERIT_EXAMPLE_CHILD=1", "ALS_INHERIT=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	assert.Error(t, cmd.Run())
	assert.Contains(t, stderr.String(), "should be alice")
}

func TestUsage(t *testing.T) {
	var out, err bytes.Buffer
	assert.Equal(t, 2, run([]string{"x"}, &out, &err))
	assert.Contains(t, err.String(), `unexpected argument "x"`)
}

// Goroutines that golang.org/x/sync starts inherit.
func TestErrgroupAndSingleflight(t *testing.T) {
	runAs("alice", func() {
		var g errgroup.Group
		g.Go(func() error { assert.Equal(t, "alice", user.Get()); return nil })
		assert.True(t, g.TryGo(func() error { assert.Equal(t, "alice", user.Get()); return nil }))
		require.NoError(t, g.Wait())
	})
	// The leader's goroutine does the work; a follower gets the leader's result.
	var flights singleflight.Group
	begun, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	var leader, follower any
	runAs("alice", func() {
		wg.Add(1)
		go func() {
			defer wg.Done()
			leader, _, _ = flights.Do("key", func() (any, error) { close(begun); <-release; return user.Get(), nil })
		}()
	})
	<-begun
	var result <-chan singleflight.Result
	runAs("bob", func() {
		result = flights.DoChan("key", func() (any, error) { return user.Get(), nil })
	})
	close(release)
	follower = (<-result).Val
	wg.Wait()
	assert.Equal(t, []any{"alice", "alice"}, []any{leader, follower})
}
