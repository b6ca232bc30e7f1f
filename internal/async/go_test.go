package async

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// begun marks a task as read, as its goroutine does.
func begun(t *task) { t.taken.Store(t.given) }

func TestATaskFillsACacheLine(t *testing.T) {
	const line = 64
	assert.LessOrEqual(t, unsafe.Sizeof(task{}), uintptr(line))
}

func TestTasksAreUsedInTurn(t *testing.T) {
	var g ring
	one, two := g.task(), g.task()
	assert.NotSame(t, one, two, "one has not been read yet")
	begun(one)
	begun(two)
	for range 3 {
		assert.Same(t, one, g.task())
		begun(one)
		assert.Same(t, two, g.task())
		begun(two)
	}
	assert.Equal(t, 2, len(g.tasks))
}

func TestATaskThatIsNotReadIsSkipped(t *testing.T) {
	var g ring
	stuck, free := g.task(), g.task()
	begun(free)
	for range 100 {
		got := g.task()
		assert.NotSame(t, stuck, got)
		begun(got)
	}
	assert.LessOrEqual(t, len(g.tasks), 3, "each call made a task")
	begun(stuck)
	found := false
	for range 4 {
		got := g.task()
		found = found || got == stuck
		begun(got)
	}
	assert.True(t, found, "it is still in the ring")
}

func TestARingIsBounded(t *testing.T) {
	var g ring
	var all []*task
	seen := make(map[*task]bool)
	for range 2 * maxTasks {
		next := g.task()
		assert.False(t, seen[next], "given away twice")
		seen[next] = true
		all = append(all, next)
	}
	assert.Equal(t, maxTasks, len(g.tasks))
	for _, next := range all {
		begun(next)
	}
	reused := make(map[*task]bool)
	for range 2 * maxTasks {
		next := g.task()
		begun(next)
		reused[next] = true
	}
	assert.Len(t, reused, maxTasks)
}

// The Init callbacks run before a task is taken from the ring.
func TestAHookThatPanicsKeepsNoTask(t *testing.T) {
	was := Identified.Swap(true)
	defer Identified.Store(was)
	done := make(chan struct{})
	go func() {
		r := currentOrNew()
		tasks := &r.extras().tasks
		first := tasks.task()
		begun(first)
		h := &Hook{Init: func(uint64, string, uint64, any) { panic("on purpose") }}
		EnableHook(h)
		func() {
			defer func() { assert.Equal(t, "on purpose", recover()) }()
			Task(func() {})
		}()
		DisableHook(h)
		assert.Equal(t, first.given, first.taken.Load(), "the task is free")
		close(done)
	}()
	<-done
}
