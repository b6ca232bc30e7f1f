//go:build cgo

package cgotest

/*
#cgo !windows LDFLAGS: -pthread

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

extern void cgotestCallback(uintptr_t f, int thread, int call);

struct job {
	pthread_t id;
	uintptr_t f;
	int thread, calls;
};

static void *work(void *p) {
	struct job *j = p;
	for (int i = 0; i < j->calls; i++) {
		cgotestCallback(j->f, j->thread, i);
	}
	return 0;
}

// call calls back on the caller's thread.
static void call(uintptr_t f) { cgotestCallback(f, 0, 0); }

// threads calls back on n threads. It returns how many it could create.
static int threads(uintptr_t f, int n, int calls) {
	struct job *jobs = calloc(n, sizeof *jobs);
	int started = 0;
	while (jobs && started < n) {
		struct job *j = &jobs[started];
		j->f = f;
		j->thread = started;
		j->calls = calls;
		if (pthread_create(&j->id, 0, work, j)) {
			break;
		}
		started++;
	}
	for (int i = 0; i < started; i++) {
		pthread_join(jobs[i].id, 0);
	}
	free(jobs);
	return started;
}
*/
import "C"

import "runtime/cgo"

//export cgotestCallback
func cgotestCallback(f C.uintptr_t, thread, call C.int) {
	cgo.Handle(f).Value().(func(thread, call int))(int(thread), int(call))
}

// callback calls f from C, on the caller's thread and so on its goroutine.
func callback(f func()) {
	h := cgo.NewHandle(func(int, int) { f() })
	defer h.Delete()
	C.call(C.uintptr_t(h))
}

// callbacks creates threads in C that call f several times each, waits for their end, and
// returns how many there were.
func callbacks(threads, calls int, f func(thread, call int)) int {
	h := cgo.NewHandle(f)
	defer h.Delete()
	return int(C.threads(C.uintptr_t(h), C.int(threads), C.int(calls)))
}
