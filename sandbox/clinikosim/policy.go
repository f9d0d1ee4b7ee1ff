package clinikosim

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// How long and how large an upload may be unless switches say otherwise.
// Neither is documented.
const (
	defaultPolicyLife  = time.Hour
	defaultUploadLimit = 50 << 20
)

// What every policy here names.
const (
	amzAlgorithm  = "AWS4-HMAC-SHA256"
	filenameMark  = "${filename}" // the bucket puts the file's name in its place
	securityToken = "SANDBOXtoken"
)

// credential names the signing key of a day (YYYYMMDD).
func credential(day string) string {
	return "SANDBOXACCESSKEY/" + day + "/" + bucketRegion + "/s3/aws4_request"
}

// presignPost answers GET /patients/{id}/attachment_presigned_post: where to
// upload one file for the patient, and the fields that the form must have. It
// stores nothing, so a client may ask as often as it likes.
func presignPost(c *call) *reply {
	if c.sw.PractitionerFiles && !c.user.mayWriteNotes() {
		return c.forbidden()
	}
	p, known := c.books.patients.get(c.r.PathValue("id"))
	if !known || (p.isArchived() && !c.sw.ArchivedPatientFile) {
		return c.notFound()
	}
	if c.sw.NullPresigned {
		return ok(map[string]any{"url": nil, "fields": nil})
	}
	address := c.bucketBase(c.r)
	if !c.sw.BareBucketURL {
		address += "/"
	}
	place := c.files.uploadPlace(p.id, c.grants.Add(1))
	return ok(map[string]any{"url": address, "fields": c.files.presign(place, c.sw, c.clock.Now())})
}

// presign returns the form fields that allow one upload below place.
func (b *bucket) presign(place string, sw Switches, now time.Time) map[string]string {
	now = now.UTC()
	stamp := now.Format(amzStamp)
	fixed := map[string]string{
		"acl": "private", "success_action_status": "201", "x-amz-algorithm": amzAlgorithm,
		"x-amz-credential": credential(stamp[:8]), "x-amz-date": stamp,
	}
	if sw.SecurityToken {
		fixed["x-amz-security-token"] = securityToken
	}
	conditions := []any{
		map[string]string{"bucket": bucketName},
		[]any{"starts-with", "$key", place},
		[]any{"content-length-range", 0, sw.uploadLimit()},
	}
	for _, name := range slices.Sorted(maps.Keys(fixed)) {
		conditions = append(conditions, map[string]string{name: fixed[name]})
	}
	text := encode(map[string]any{"expiration": now.Add(sw.policyLife()).Format(time.RFC3339Nano), "conditions": conditions})
	fields := maps.Clone(fixed)
	fields["key"] = place + filenameMark
	fields["policy"] = base64.StdEncoding.EncodeToString(text)
	fields["x-amz-signature"] = b.sign(stamp[:8], fields["policy"])
	return fields
}

// A policy is what a signed policy allows.
type policy struct {
	equal      map[string]string // fields with one allowed value
	startsWith map[string]string // fields with an allowed beginning
	limit      int64             // of the file, in bytes
}

// admit checks the fields of a form against the policy among them, as Amazon
// does, and returns what the policy allows; the second result is the refusal.
func (b *bucket) admit(fields map[string]string, now time.Time) (*policy, *bucketReply) {
	text, date := fields["policy"], fields["x-amz-date"]
	if text == "" {
		return nil, denied("Access Denied")
	}
	if len(date) != len(amzStamp) || !hmac.Equal([]byte(fields["x-amz-signature"]), []byte(b.sign(date[:8], text))) {
		return nil, bucketError(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	}
	p, expires, err := parsePolicy(text)
	if err != nil { // nobody but the bucket signs, so this cannot be a client's doing
		return nil, bucketError(http.StatusBadRequest, "InvalidPolicyDocument", err.Error())
	}
	if !now.Before(expires) {
		return nil, denied("Invalid according to Policy: Policy expired.")
	}
	if complaint := p.complaint(fields); complaint != "" {
		return nil, denied("Invalid according to Policy: " + complaint)
	}
	return p, nil
}

// parsePolicy reads a policy and the moment it expires.
func parsePolicy(text string) (*policy, time.Time, error) {
	var document struct {
		Expiration time.Time         `json:"expiration"`
		Conditions []json.RawMessage `json:"conditions"`
	}
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("policy: %w", err)
	}
	if err := json.Unmarshal(plain, &document); err != nil {
		return nil, time.Time{}, fmt.Errorf("policy: %w", err)
	}
	p := &policy{equal: map[string]string{}, startsWith: map[string]string{}}
	for _, condition := range document.Conditions {
		var exact map[string]string
		var triple [3]any
		if json.Unmarshal(condition, &exact) == nil {
			maps.Copy(p.equal, exact)
			continue
		}
		if err := json.Unmarshal(condition, &triple); err != nil {
			return nil, time.Time{}, fmt.Errorf("policy: %w", err)
		}
		switch field := fmt.Sprint(triple[1]); triple[0] {
		case "starts-with":
			p.startsWith[strings.TrimPrefix(field, "$")] = fmt.Sprint(triple[2])
		case "content-length-range":
			limit, _ := triple[2].(float64) // far below what a float holds exactly
			p.limit = int64(limit)
		}
	}
	delete(p.equal, "bucket") // named by the address
	return p, document.Expiration, nil
}

// complaint says which condition the fields of a form do not meet, or which
// field no condition allows; "" when all is well.
func (p *policy) complaint(fields map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(p.equal)) {
		if fields[name] != p.equal[name] {
			return fmt.Sprintf(`Policy Condition failed: ["eq", "$%s", "%s"]`, name, p.equal[name])
		}
	}
	for name, beginning := range p.startsWith {
		if !strings.HasPrefix(fields[name], beginning) {
			return fmt.Sprintf(`Policy Condition failed: ["starts-with", "$%s", "%s"]`, name, beginning)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		_, exact := p.equal[name]
		_, begun := p.startsWith[name]
		if !exact && !begun && name != "policy" && name != "x-amz-signature" && !strings.HasPrefix(name, "x-ignore-") {
			return "Extra input fields: " + name
		}
	}
	return ""
}

func (sw *Switches) policyLife() time.Duration {
	if sw.PolicyLife == 0 {
		return defaultPolicyLife
	}
	return time.Duration(sw.PolicyLife)
}

func (sw *Switches) uploadLimit() int64 {
	if sw.UploadLimit == 0 {
		return defaultUploadLimit
	}
	return sw.UploadLimit
}
