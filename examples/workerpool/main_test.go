package main

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

var result = regexp.MustCompile(`^(WorkerPool|lazy|ants): +request (\d+): -?\d+ \+ \d+ = (.+?) +in (request (\d+)|no request) +(in \d+, caused by \d+)? +goroutine \d+(   <- should be .+)?$`)

// The output is read here as a user would, without the help of check.
func TestEveryResultBelongsToItsRequest(t *testing.T) {
	for _, c := range []struct {
		args     string
		requests int
	}{{"", 6}, {"-requests 2 -workers 1", 2}, {"-requests 40 -workers 7", 40}} {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := execute(strings.Fields(c.args)...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			last := len(stdout) - 1
			assert.True(t, strings.HasSuffix(stdout[last], ": every result belongs to the request that asked, and the log is balanced"))
			assert.Len(t, stdout[:last], 3*c.requests*tasksPerRequest)
			sheep, scopes := 0, make(map[string]bool)
			for _, l := range stdout[:last] {
				m := result.FindStringSubmatch(l)
				require.NotNil(t, m, l)
				assert.Equal(t, m[2], m[5])
				if m[3] == "worker: cannot count -1 sheep" {
					sheep++
				}
				assert.Equal(t, m[1] == "WorkerPool", m[6] != "", l)
				if m[6] != "" {
					scopes[m[6]] = true
				}
			}
			assert.Equal(t, 3, sheep, "once in each pool")
			assert.Len(t, scopes, c.requests*tasksPerRequest)
		})
	}
}

// offending returns the results in question, by pool.
func offending(t *testing.T, args ...string) map[string][][]string {
	code, stdout, stderr := execute(args...)
	assert.Equal(t, 1, code)
	assert.Regexp(t, `: \d+ PROBLEMS$`, stdout[len(stdout)-1])
	require.Regexp(t, `^workerpool: problems: \d+`, stderr[0])
	pools := make(map[string][][]string)
	for _, l := range stderr[1:] {
		m := result.FindStringSubmatch(l)
		require.NotNil(t, m, l)
		require.NotEmpty(t, m[7])
		assert.Contains(t, stdout, strings.TrimSuffix(l, m[7]))
		pools[m[1]] = append(pools[m[1]], m)
	}
	return pools
}

// The check is worth something only if it can fail.
func TestTheCheckFindsUnboundTasks(t *testing.T) {
	pools := offending(t, "-unbound", "-requests", "3")
	assert.Len(t, pools, 2)
	assert.Len(t, pools["ants"], 9)
	for _, m := range pools["ants"] {
		assert.Equal(t, "no request", m[4])
	}
	// Two workers can belong to no more than two requests.
	assert.GreaterOrEqual(t, len(pools["lazy"]), 3)
	for _, m := range pools["lazy"] {
		assert.NotEmpty(t, m[5], "lost, not mixed up")
		assert.NotEqual(t, m[2], m[5])
	}
}

func TestTheCheckFindsTasksThatAreCreatedLate(t *testing.T) {
	pools := offending(t, "-late")
	assert.Len(t, pools, 1)
	assert.Len(t, pools["WorkerPool"], 6*tasksPerRequest-2, "all but the two that did not wait")
	for _, m := range pools["WorkerPool"] {
		assert.Equal(t, "no request", m[4])
		assert.Contains(t, m[6], "caused by 1")
	}
}

func TestCheckFindsWrongAndMissingResults(t *testing.T) {
	all := func() (all []sighting) {
		for i, pool := range []string{"WorkerPool", "lazy", "ants"} {
			for j, task := range tasksOf(1) {
				s := sighting{pool: pool, request: 1, task: task, store: 1, hasStore: true}
				if s.result, s.err = try(task); i == 0 {
					s.scoped, s.resource, s.id, s.trigger, s.wantTrigger = true, "WorkerPoolTaskInfo", 8, 3, 3
					s.id += 2 * 8 >> j
				}
				all = append(all, s)
			}
		}
		return all
	}
	assert.Empty(t, check(all(), 1))
	for _, c := range []struct {
		spoil func(all []sighting) []sighting
		want  string
	}{
		{func(all []sighting) []sighting { all[0].result = 3; return all }, "   <- should be 1"},
		{func(all []sighting) []sighting { all[2].err = errors.New("no"); return all }, "   <- should be worker: cannot count -1 sheep"},
		{func(all []sighting) []sighting { all[1].trigger = 4; return all }, "   <- should be caused by 3"},
		{func(all []sighting) []sighting { all[1].id = all[0].id; return all }, "   <- should be not in 24, where {1 0} was"},
		{func(all []sighting) []sighting { all[1].resource = "REQUEST"; return all }, `   <- should be in a WorkerPoolTaskInfo, not in "REQUEST"`},
		{func(all []sighting) []sighting { all[4].store = 2; return all }, "   <- should be in request 1"},
		{func(all []sighting) []sighting { return all[:8] }, "ants: request 1 had 0 results of {-1 2}"},
		{func(all []sighting) []sighting { return append(all, all[8]) }, "ants: request 1 had 2 results of {-1 2}"},
	} {
		problems := check(c.spoil(all()), 1)
		require.Len(t, problems, 1, c.want)
		assert.True(t, strings.HasSuffix(problems[0], c.want), problems[0])
	}
}

func TestAWorkerThatFailsIsReplaced(t *testing.T) {
	p := NewWorkerPool(2)
	errs := make(chan error)
	for range 10 {
		p.RunTask(task{a: -3}, func(_ int, err error) { errs <- err })
		assert.EqualError(t, <-errs, "worker: cannot count -3 sheep")
	}
	// As on Node's page the last callback closes the pool.
	p.RunTask(task{1, 2}, func(result int, err error) {
		assert.NoError(t, err)
		assert.Equal(t, 3, result)
		p.Close()
	})
	p.Wait()
	idle := NewWorkerPool(3)
	idle.Close()
	idle.Wait()
}

func TestCommandLinesThatMakeNoSense(t *testing.T) {
	for _, args := range []string{"-nosuch", "now", "-workers 0", "-workers 101", "-requests 2", "-requests 1001"} {
		code, stdout, stderr := execute(strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.Len(t, stderr, 1, args)
	}
}
