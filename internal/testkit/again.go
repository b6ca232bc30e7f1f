package testkit

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Again runs the top-level test of t in another process of this test binary, with env
// added to the environment, and returns its output and exit code. It skips t where no
// such process can run: on js, and under some emulators.
func Again(t testing.TB, env ...string) (stdout, stderr string, exitCode int) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$")
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	started := err == nil || errors.As(err, &exit)
	if started && exit != nil { // an emulator may start the process and fail then
		started = out.Len()+errs.Len() > 0 && !strings.Contains(errs.String(), "exec format error")
	}
	if !started {
		t.Skipf("cannot run this binary again: %v", err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
