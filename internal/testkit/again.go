package testkit

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Emulator is the environment variable with the command that runs binaries of this platform
// on the machine. An emulator hands what its program starts to the kernel, which refuses it.
const Emulator = "TESTKIT_EMULATOR"

// Again runs the top-level test of t in another process of this test binary, with env
// added to the environment, and returns its output and exit code. It skips t where no
// such process can run: on js, and under an emulator that [Emulator] does not name.
func Again(t testing.TB, env ...string) (stdout, stderr string, exitCode int) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	args := []string{os.Args[0], "-test.run=^" + name + "$"}
	emulator := os.Getenv(Emulator)
	if emulator != "" {
		args = slices.Insert(args, 0, emulator)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	started := err == nil || errors.As(err, &exit)
	if started && exit != nil { // an emulator may start the process and fail then
		started = out.Len()+errs.Len() > 0 && !strings.Contains(errs.String(), "exec format error")
	}
	switch {
	case started:
	case emulator != "":
		t.Fatalf("%s cannot run this binary again: %v\n%s", emulator, err, errs.String())
	default:
		t.Skipf("cannot run this binary again: %v; is an emulator not named in %s?", err, Emulator)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
