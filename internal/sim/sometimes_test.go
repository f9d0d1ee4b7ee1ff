package sim

// Sometimes counts.
type Sometimes struct{}

func newSometimes() *Sometimes { return &Sometimes{} }
