package goroutine

import (
	"bytes"
	"go/build"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// assembled are the architectures that have .s files.
var assembled = []string{"amd64", "arm64", "loong64", "ppc64le", "riscv64", "s390x"}

// withAssembly are the packages with assembly for these: the prefix of their .s files,
// the .go file that declares the functions, and an operand that the control corrupts.
var withAssembly = []struct{ dir, file, twin, result string }{
	{".", "asm_", "goroutine", "ret+0(FP)"},
	{"internal/g", "self_", "self", "addr+0(FP)"},
}

func TestEachPlatformHasItsAssemblyOrThePortableTwin(t *testing.T) {
	for _, arch := range append(slices.Clone(assembled), "386", "arm", "mips64le", "ppc64", "wasm") {
		for _, compiler := range []string{"gc", "gccgo"} {
			ctxt := build.Default
			ctxt.GOARCH, ctxt.Compiler, ctxt.CgoEnabled = arch, compiler, false
			for _, w := range withAssembly {
				pkg, err := ctxt.ImportDir(w.dir, 0)
				require.NoError(t, err)

				var sFiles []string
				twin, other := w.twin+"_portable.go", w.twin+".go"
				if compiler == "gc" && slices.Contains(assembled, arch) {
					sFiles = []string{w.file + arch + ".s"}
					twin, other = other, twin
				}
				assert.Equal(t, sFiles, pkg.SFiles, "%s %s", compiler, arch)
				assert.Contains(t, pkg.GoFiles, twin, "%s %s", compiler, arch)
				assert.NotContains(t, pkg.GoFiles, other, "%s %s", compiler, arch)
			}
		}
	}
}

func TestVetAcceptsTheAssemblyOfEachPlatform(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: does not vet other platforms")
	}
	// Each platform needs the runtime compiled for it once: one or two minutes in all
	// on a new machine, too long for a first go test.
	archs, platforms := assembled, []string{"js/wasm", "linux/386", "wasip1/wasm"}
	if os.Getenv("CI") == "" {
		t.Log("without CI in the environment: only this machine's platform")
		archs, platforms = slices.DeleteFunc(slices.Clone(assembled), func(arch string) bool { return arch != runtime.GOARCH }), nil
	}
	dir := copyOfPackages(t)
	for _, arch := range archs {
		t.Run("arch="+arch, func(t *testing.T) {
			out, err := vet(t, dir, "linux", arch)
			require.NoError(t, err, "%s", out)

			// The control: vet must report a wrong offset in a frame.
			for _, w := range withAssembly {
				file := filepath.Join(dir, w.dir, w.file+arch+".s")
				good, err := os.ReadFile(file)
				require.NoError(t, err)
				bad := bytes.Replace(good, []byte(w.result), []byte(strings.Replace(w.result, "+0", "+8", 1)), 1)
				require.NotEqual(t, good, bad)
				require.NoError(t, os.WriteFile(file, bad, 0o600))
				out, err = vet(t, dir, "linux", arch)
				require.Error(t, err)
				require.Contains(t, out, w.file+arch+".s")
				require.NoError(t, os.WriteFile(file, good, 0o600))
			}
		})
	}
	for _, platform := range platforms {
		t.Run("platform="+platform, func(t *testing.T) {
			goos, arch, _ := strings.Cut(platform, "/")
			out, err := vet(t, copyOfPackages(t), goos, arch)
			require.NoError(t, err, "%s", out)
		})
	}
}

func vet(t *testing.T, dir, goos, arch string) (out string, err error) {
	cmd := testkit.GoCommand(t, dir, "vet", ".", "./internal/g")
	cmd.Env = append(cmd.Env, "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=0")
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// copyOfPackages copies the packages with assembly to a temporary directory. It
// leaves out the tests, whose dependencies would have to be compiled for each platform.
func copyOfPackages(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "internal", "g"), 0o755))
	for _, pattern := range []string{"*.go", "*.s", "go.mod", "go.sum", "internal/g/*.go", "internal/g/*.s"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, f), text, 0o600))
		}
	}
	return dir
}
