package clinic

// A complaint is what a course of treatment is about, with enough of a
// physiotherapist's vocabulary that several documents of one session agree
// with one another: the same joint, the same tests, the same exercises.
type complaint struct {
	area, diagnosis string
	code            string // an invented item, never a real claim code
	onset           []string
	worse, better   []string
	movements       []movement
	tests           []string
	exercises       []string
	measure         measure
	muscle          string
	duties          []string
	consent         consentText
}

// A movement and the degrees a healthy joint reaches.
type movement struct {
	name string
	full int
}

// A measure is an outcome measure and the range of its score.
type measure struct {
	name      string
	worst     int
	unit      string
	higherBad bool
}

// consentText is what a patient agrees to for this complaint.
type consentText struct{ procedure, risk string }

var complaints = []complaint{
	{
		area: "lower back", diagnosis: "acute non-specific low back pain", code: "TEST-LB",
		onset: []string{
			"after lifting a bag of potting mix", "on getting out of the car after a long drive",
			"while stacking firewood",
		},
		worse: []string{
			"sitting > 30 min", "bending to put on socks", "rolling over in bed",
			"standing at the sink",
		},
		better:    []string{"walking 10–15 min", "heat", "lying supine with knees bent"},
		movements: []movement{{"Flexion", 60}, {"Extension", 25}, {"Left side flexion", 25}, {"Right side flexion", 25}},
		tests: []string{
			"SLR R) 70° / L) 75°, back pain only", "slump negative", "prone knee bend negative",
			"sacral thrust negative",
		},
		exercises: []string{
			"pelvic tilts", "bird dog", "hip hinge with broomstick", "knees-to-chest", "dead bug",
			"walking programme",
		},
		measure: measure{"Oswestry (ODI)", 100, "%", true},
		muscle:  "lumbar multifidus",
		duties:  []string{"lifting from floor", "driving the delivery van", "stocktake on ladders"},
		consent: consentText{
			"manual therapy to the lumbar spine, including mobilisation up to grade IV",
			"soreness for 24–48 h in about 1 in 3",
		},
	},
	{
		area: "neck", diagnosis: "mechanical neck pain with referral to the upper trapezius", code: "TEST-NK",
		onset: []string{
			"after two weeks at a new workstation", "on waking after a night on a couch",
			"following a low-speed rear-end collision",
		},
		worse:     []string{"reversing the car", "reading in bed", "laptop work > 45 min"},
		better:    []string{"a hot shower", "chin tucks", "changing pillow"},
		movements: []movement{{"Rotation R)", 80}, {"Rotation L)", 80}, {"Flexion", 50}, {"Extension", 60}},
		tests: []string{
			"Spurling negative", "upper limb tension test 1 negative", "VBI screen clear",
			"C5/6 unilateral PA reproduces P1",
		},
		exercises: []string{
			"chin tucks", "rotation SNAG with towel", "scapular retraction", "deep neck flexor holds",
			"thoracic extension over chair",
		},
		measure: measure{"Neck Disability Index", 100, "%", true},
		muscle:  "upper trapezius",
		duties:  []string{"prolonged desk work", "overhead shelving", "driving > 1 h"},
		consent: consentText{
			"mobilisation of the cervical spine, without thrust techniques",
			"headache or light-headedness in about 1 in 20",
		},
	},
	{
		area: "shoulder", diagnosis: "rotator cuff related shoulder pain", code: "TEST-SH",
		onset: []string{
			"after painting a ceiling", "gradually over the netball season",
			"after a fall onto the outstretched hand",
		},
		worse:     []string{"reaching the top shelf", "lying on that side", "fastening a seat belt"},
		better:    []string{"rest below shoulder height", "ice 10 min", "a pillow under the arm"},
		movements: []movement{{"Flexion", 180}, {"Abduction", 180}, {"External rotation", 90}, {"Internal rotation", 70}},
		tests: []string{
			"Hawkins–Kennedy positive", "empty can painful, strong", "external rotation lag negative",
			"cross-body adduction negative",
		},
		exercises: []string{
			"isometric external rotation", "wall slides", "banded rows", "side-lying external rotation",
			"push-up plus",
		},
		measure: measure{"SPADI", 100, "points", true},
		muscle:  "infraspinatus",
		duties:  []string{"work above shoulder height", "pushing trolleys", "repeated throwing"},
		consent: consentText{
			"dry needling of infraspinatus and posterior deltoid",
			"bruising in more than 1 in 10; pneumothorax in < 1 in 100 000",
		},
	},
	{
		area: "knee", diagnosis: "tibiofemoral osteoarthritis, moderate", code: "TEST-KN",
		onset: []string{
			"slowly over eighteen months", "after a twist on wet stairs",
			"following a return to running",
		},
		worse:     []string{"stairs, down > up", "getting up from a low chair", "walking > 20 min"},
		better:    []string{"rest", "a knee sleeve", "pacing the hills"},
		movements: []movement{{"Flexion R)", 135}, {"Flexion L)", 135}, {"Extension R)", 5}, {"Extension L)", 5}},
		tests: []string{
			"effusion 1+ (sweep)", "Lachman firm", "McMurray negative",
			"patellar grind mildly positive",
		},
		exercises: []string{
			"sit to stand", "step-ups 15 cm", "bridges", "calf raises", "stationary bike", "quads sets",
		},
		measure: measure{"KOOS-12", 100, "points", false},
		muscle:  "vastus medialis",
		duties:  []string{"kneeling", "ladders", "walking on uneven ground"},
		consent: consentText{
			"joint mobilisation and taping of the knee",
			"skin irritation from tape in about 1 in 15",
		},
	},
	{
		area: "ankle", diagnosis: "lateral ankle sprain, ATFL grade II", code: "TEST-AN",
		onset: []string{
			"on landing from a jump", "stepping off a kerb in the dark", "at orienteering on Sunday",
		},
		worse:     []string{"hopping", "uneven ground", "squatting"},
		better:    []string{"elevation", "a lace-up brace", "ice 15 min"},
		movements: []movement{{"Dorsiflexion", 20}, {"Plantarflexion", 50}, {"Inversion", 35}, {"Eversion", 15}},
		tests: []string{
			"anterior drawer 2+, soft end feel", "talar tilt 1+", "squeeze test negative",
			"Ottawa rules negative",
		},
		exercises: []string{
			"alphabet circles", "single-leg stance", "banded eversion", "heel raises", "hop and hold",
		},
		measure: measure{"LEFS", 80, "points", false},
		muscle:  "peroneus longus",
		duties:  []string{"standing > 2 h", "stairs with a load", "safety boots all day"},
		consent: consentText{
			"strapping and graded loading of the ankle",
			"blistering under tape in about 1 in 20",
		},
	},
	{
		area: "hip", diagnosis: "gluteal tendinopathy (greater trochanteric pain)", code: "TEST-HP",
		onset: []string{
			"after a walking holiday", "over the winter, without a clear cause",
			"after starting boot camp",
		},
		worse:     []string{"side-lying at night", "standing on one leg to dress", "hills"},
		better:    []string{"a pillow between the knees", "shorter steps", "standing evenly"},
		movements: []movement{{"Flexion", 120}, {"Abduction", 45}, {"Internal rotation", 35}, {"External rotation", 45}},
		tests: []string{
			"single-leg stance painful at 20 s", "FADER positive", "FABER lateral pain",
			"resisted abduction 4/5",
		},
		exercises: []string{
			"isometric abduction", "bridge with band", "side-step with band", "mini squats",
			"step-downs",
		},
		measure: measure{"VISA-G", 100, "points", false},
		muscle:  "gluteus medius",
		duties:  []string{"standing on one leg at the press", "long walks between sites", "carrying on one side"},
		consent: consentText{
			"soft-tissue treatment of the gluteal region with a chaperone if wished",
			"soreness for a day in about 1 in 4",
		},
	},
	{
		area: "elbow", diagnosis: "lateral elbow tendinopathy", code: "TEST-EL",
		onset: []string{
			"after a weekend of pruning", "two weeks into a pottery course", "after the tennis finals",
		},
		worse:     []string{"lifting a kettle", "shaking hands", "mouse work > 1 h"},
		better:    []string{"a counterforce brace", "rest", "a lighter racquet"},
		movements: []movement{{"Flexion", 145}, {"Extension", 0}, {"Pronation", 80}, {"Supination", 85}},
		tests: []string{
			"Cozen positive", "Maudsley positive", "pain-free grip 14 kg (other side 31 kg)",
			"radial nerve tension negative",
		},
		exercises: []string{
			"isometric wrist extension", "eccentric wrist extension", "pronation with hammer",
			"grip putty", "scapular setting",
		},
		measure: measure{"PRTEE", 100, "points", true},
		muscle:  "extensor carpi radialis brevis",
		duties:  []string{"power tools", "typing > 4 h/day", "carrying with palm down"},
		consent: consentText{
			"shock-wave therapy to the lateral elbow",
			"redness or ache for two days in about 1 in 5",
		},
	},
	{
		area: "heel", diagnosis: "plantar heel pain", code: "TEST-HL",
		onset: []string{
			"after changing to flat shoes", "on starting a job on concrete floors",
			"with first steps for three months",
		},
		worse:  []string{"first steps in the morning", "barefoot on tiles", "long standing"},
		better: []string{"a frozen bottle", "cushioned shoes", "taping"},
		movements: []movement{
			{"Dorsiflexion, knee straight", 15}, {"Dorsiflexion, knee bent", 20}, {"Great toe extension", 65},
		},
		tests: []string{
			"windlass positive", "medial calcaneal tubercle tender", "Tinel at tarsal tunnel negative",
			"heel squeeze negative",
		},
		exercises: []string{
			"towel-under-toe heel raises", "plantar fascia stretch", "calf stretch", "toe yoga",
			"seated foot dome",
		},
		measure: measure{"Foot Function Index", 100, "%", true},
		muscle:  "flexor digitorum brevis",
		duties:  []string{"concrete floors", "steel-capped boots", "deliveries on foot"},
		consent: consentText{
			"low-dye taping and loading of the plantar fascia",
			"tape allergy in about 1 in 25",
		},
	},
}
