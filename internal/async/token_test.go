package async

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGenerationsBeginAgainAtOne(t *testing.T) {
	last := ^Token(0) &^ (generation - 1) // the last generation of index 0
	index := Token(7)<<indexShift | offsetScalar
	assert.Equal(t, generation|index, (last | index).next())
	assert.Equal(t, 2*generation|index, (generation | index).next())
}
