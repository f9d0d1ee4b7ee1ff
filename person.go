package carryover

import "slices"

// A PersonID names somebody who may sign in to the review page: a UUIDv7. It is
// what the audit chain keeps of them; names and e-mail addresses are sealed.
type PersonID string

// A Role says what somebody who signed in may see and do.
type Role string

// The roles.
const (
	// RoleReviewer sees every document and decides about it.
	RoleReviewer Role = "reviewer"
	// RolePractitioner does so with their own documents alone.
	RolePractitioner Role = "practitioner"
	// RoleAdmin is a reviewer who also says who may sign in.
	RoleAdmin Role = "admin"
)

// Roles lists every role, from the least.
var Roles = []Role{RolePractitioner, RoleReviewer, RoleAdmin}

// Valid says whether the role is one of the list.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }
