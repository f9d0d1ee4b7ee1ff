package clinikosim

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// BucketPath is where a Server serves its bucket when Options.BucketURL names
// no other place. A plan of faults reaches it with api cliniko and a path such
// as /bucket or /bucket/**.
const BucketPath = "/bucket"

// nowhere stands for the bucket where the simulator does not know its own
// address. The name cannot exist, so that no file leaves the machine.
const nowhere = "https://files.sandbox.invalid" + BucketPath

// What the bucket says of itself in policies and answers.
const (
	bucketName   = "sandbox-cliniko-files"
	bucketRegion = "ap-southeast-2"
	amzStamp     = "20060102T150405Z"
)

// defaultLinkLife is how long the address of a file's content is good for.
const defaultLinkLife = 5 * time.Minute

// A bucket is the file store beside the API, after the model of Amazon S3. It
// believes nothing but its own signatures: what may be uploaded is said by a
// signed policy, what may be read by a signed address.
type bucket struct {
	account string // first segment of every key
	secret  []byte // signs policies and addresses

	mu      sync.Mutex // guards objects
	objects map[string]*object
}

// An object is a stored file. It does not change once it is stored.
type object struct {
	key      string
	name     string // the file's own name
	declared string // the type that its part of the form declared, "" if none
	data     []byte
	storedAt time.Time
}

func newBucket(seed uint64) *bucket {
	return &bucket{
		account: strconv.FormatUint(10_000+mix(seed^0xacc)%90_000, 10),
		secret:  fmt.Appendf(nil, "SANDBOX%016x", mix(seed^0x5ec)),
		objects: map[string]*object{},
	}
}

// kind is the file's type as Cliniko will show it. A part without a proper type
// was seen to end as invalid/invalid.
func (o *object) kind() string {
	kind, _, err := mime.ParseMediaType(o.declared)
	if err != nil || !strings.Contains(kind, "/") {
		return "invalid/invalid"
	}
	return kind
}

// tag is the object's entity tag.
func (o *object) tag() string {
	sum := md5.Sum(o.data) // as at Amazon; a tag and no proof
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// put stores o in place of what its key held.
func (b *bucket) put(o *object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[o.key] = o
}

// get returns the object with a key, nil when there is none.
func (b *bucket) get(key string) *object {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.objects[key]
}

// settle moves o to key and returns it as it is there. The place it came from is
// empty afterwards, even if the same form was uploaded again meanwhile: a newer
// file that stayed would make a second attachment at the same address.
func (b *bucket) settle(o *object, key string) *object {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, o.key)
	moved := *o
	moved.key = key
	b.objects[key] = &moved
	return &moved
}

// uploadPlace is the key that the n-th allowed upload for a patient begins with;
// it ends in a slash.
func (b *bucket) uploadPlace(patientID string, n uint64) string {
	h := hashText(n, string(b.secret)+patientID)
	l := mix(h)
	random := fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", h>>32, h>>16&0xffff, h&0xffff, l>>48, l&0xffffffffffff)
	return b.account + "/patients/" + patientID + "/attachments/temp/" + random + "/"
}

// patientOfUpload is the patient for whom a key in a temporary place was made,
// "" for any other key.
func patientOfUpload(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) != 7 || parts[1] != "patients" || parts[3] != "attachments" || parts[4] != "temp" {
		return ""
	}
	return parts[2]
}

// ownPlace is the key of an attachment's file once it is processed.
func (b *bucket) ownPlace(a *attachment) string {
	return b.account + "/patients/" + a.patientID + "/attachments/" + a.id + "/" + a.file.name
}

// sign is the signature of text for a day, made as Amazon's version 4 makes it.
func (b *bucket) sign(day, text string) string {
	key := append([]byte("AWS4"), b.secret...)
	for _, part := range []string{day, bucketRegion, "s3", "aws4_request"} {
		key = keyed(key, part)
	}
	return hex.EncodeToString(keyed(key, text))
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// signedPath is the path and query under the bucket's base by which a key can be
// read for a while. What is signed is shorter than at Amazon, where it covers
// the whole request; nobody but the bucket can tell.
func (b *bucket) signedPath(key string, now time.Time, life time.Duration) string {
	stamp := now.UTC().Format(amzStamp)
	seconds := strconv.Itoa(int(life / time.Second))
	query := url.Values{
		"X-Amz-Algorithm": {amzAlgorithm}, "X-Amz-Credential": {credential(stamp[:8])}, "X-Amz-Date": {stamp},
		"X-Amz-Expires": {seconds}, "X-Amz-SignedHeaders": {"host"},
		"X-Amz-Signature": {b.sign(stamp[:8], key+"\n"+stamp+"\n"+seconds)},
	}
	return (&url.URL{Path: key}).EscapedPath() + "?" + query.Encode()
}

// read answers GET for a key by a signed address.
func (b *bucket) read(r *http.Request, key string, now time.Time) *bucketReply {
	query := r.URL.Query()
	stamp, seconds := query.Get("X-Amz-Date"), query.Get("X-Amz-Expires")
	signature := query.Get("X-Amz-Signature")
	begun, err := time.Parse(amzStamp, stamp)
	life, err2 := strconv.Atoi(seconds)
	switch {
	case r.Header.Get("Authorization") != "":
		return oneMechanism()
	case signature == "" || err != nil || err2 != nil:
		return denied("Access Denied")
	case !hmac.Equal([]byte(signature), []byte(b.sign(stamp[:8], key+"\n"+stamp+"\n"+seconds))):
		return bucketError(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
	case now.After(begun.Add(time.Duration(life) * time.Second)):
		return denied("Request has expired")
	}
	o := b.get(key)
	if o == nil {
		return bucketError(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	return &bucketReply{status: http.StatusOK, file: o}
}

// linkLife is how long the address of a file's content is good for.
func (sw *Switches) linkLife() time.Duration {
	if sw.LinkLife == 0 {
		return defaultLinkLife
	}
	return time.Duration(sw.LinkLife)
}
