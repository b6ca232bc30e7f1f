package main

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
	"github.com/seed-1938943e/goroutine/hooks"
)

// execute runs the program to its end.
func execute(args ...string) (code int, stdout, stderr []string) {
	return clitest.Execute(run, args...)
}

var result = regexp.MustCompile(`^(WorkerPool|lazy|ants): +request (\d+): -?\d+ \+ \d+ = (.+?) +in (request (\d+)|no request) +(in \d+, caused by \d+)? +goroutine \d+(   <- should be .+)?$`)

func TestEveryResultBelongsToItsRequest(t *testing.T) {
	for _, args := range []string{"", "-requests 2 -workers 1", "-requests 40 -workers 7"} {
		t.Run(args, func(t *testing.T) {
			code, stdout, stderr := execute(strings.Fields(args)...)
			require.Zero(t, code, stderr)
			assert.Empty(t, stderr)
			last := len(stdout) - 1
			assert.Regexp(t, `^Checked with \d+ requests .*: every result belongs to the request that asked, and the log is balanced$`, stdout[last])
			assert.Equal(t, `workerpool: results of a pool's workers belong to the request that asked, whichever worker has them

WRONG  tasks are given to the pools as they are, and a WorkerPoolTaskInfo is made when a worker is free:
  WorkerPool  results of request 1 were in request 1, no request, no request    <- should be request 1
  WorkerPool  results of request 2 were in request 2, no request, no request    <- should be request 2
  ants        results of request 1 were in no request, no request, no request   <- should be request 1
  ants        results of request 2 were in no request, no request, no request   <- should be request 2
  lazy        results of request 1 were in request 1, request 1, request 1
  lazy        results of request 2 were in request 1, request 1, request 1      <- should be request 2

RIGHT  tasks are bound, and a WorkerPoolTaskInfo is made when the task is given to the pool:
  WorkerPool  results of request 1 were in request 1, request 1, request 1
  WorkerPool  results of request 2 were in request 2, request 2, request 2
  ants        results of request 1 were in request 1, request 1, request 1
  ants        results of request 2 were in request 2, request 2, request 2
  lazy        results of request 1 were in request 1, request 1, request 1
  lazy        results of request 2 were in request 2, request 2, request 2
`, early.ReplaceAllString(strings.Join(stdout[:last], "\n"), "${1}request $2, no request, no request    <-"))
		})
	}
}

// early matches the wrong result of a WorkerPool without a free worker when the first task
// came, which depends on the scheduler.
var early = regexp.MustCompile(`(WorkerPool  results of request (\d) were in )no request, no request, no request   <-`)

func TestAFailingTaskAndTheScopesOfTheTasks(t *testing.T) {
	s, err := use(options{requests: 6, workers: 2})
	require.NoError(t, err)
	sheep, scopes := 0, make(map[hooks.ID]bool)
	for _, saw := range s.all {
		if saw.answer() == "worker: cannot count -1 sheep" {
			sheep++
		}
		if saw.scoped {
			scopes[saw.id] = true
		}
	}
	assert.Equal(t, 3, sheep, "once in each pool")
	assert.Len(t, scopes, 6*tasksPerRequest)
}

// offending returns the wrong results, by pool.
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
		pools[m[1]] = append(pools[m[1]], m)
	}
	return pools
}

// The check must be able to fail.
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
	pools := offending(t, "-late", "-requests", "6")
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

func TestInvalidCommandLines(t *testing.T) {
	for _, args := range []string{"-nosuch", "now", "-workers 0", "-workers 101", "-requests 2", "-requests 1001"} {
		code, stdout, stderr := execute(strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout, args)
		assert.Len(t, stderr, 1, args)
	}
}
