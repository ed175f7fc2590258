"""An example of each command, for the document; a test holds them against their types."""

from collections.abc import Mapping
from typing import Any, Final

_DISTRICT = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c10"
_SCHOOL = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c11"
_OTHER_VOLUNTEER = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c41"
_PROJECT = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c20"
_VOLUNTEER = "0192f0c1-8a4e-7c3b-9a51-2f6d0b7e4c30"
_STEP = "w0pQmX2c1bq3n9a7T5yRkz8uVfHs6LdE4jGiO0xCvBM"

EXAMPLES: Final[Mapping[str, Any]] = {
    "SignIn": {
        "name": "zuzhizhe",
        "password": "correct horse battery staple",
        "totp": "492039",
    },
    "CodeRequest": {"phone": "154 0000 0001"},
    "PhoneSignIn": {"phone": "154 0000 0001", "code": "042518"},
    "Chosen": {"step": _STEP, "id": _VOLUNTEER},
    "BirthDateProof": {"step": _STEP, "birth_date": "2004-05-17"},
    "PasswordProof": {
        "step": _STEP,
        "password": "correct horse battery staple",
        "totp": "492039",
    },
    "TotpProof": {"step": _STEP, "totp": "492039"},
    "Denial": {"step": _STEP},
    "Registration": {
        "step": _STEP,
        "name": "林晓",
        "birth_date": "2004-05-17",
        "organisation_id": _DISTRICT,
        "accepts_terms": True,
    },
    "PhoneChange": {"phone": "154 0000 0002", "code": "042518"},
    "PasswordChange": {
        "password": "correct horse battery staple",
        "new_password": "a longer horse that nobody rides",
        "totp": "492039",
    },
    "OrganisationIn": {"kind": "neighbourhood", "name": "梧桐居民区", "parent_id": _DISTRICT},
    "VolunteerIn": {
        "name": "林晓",
        "birth_date": "2004-05-17",
        "external_key": "V-0001",
        "home": [121.4737, 31.2304],
        "max_travel_m": 8000,
        "groups": [_SCHOOL],
        "skills": [{"skill": "急救", "level": 3, "expires_on": "2027-12-31"}],
        "windows": [{"weekday": 5, "start_minute": 540, "end_minute": 1080}],
        "likes": [{"cause": "敬老", "liking": 3}],
    },
    "ConsentIn": {"purpose": "matching", "is_given": True, "text_version": "2026-11-22"},
    "GuardianshipIn": {"code": "7KQ2M-XH4PD", "relation": "mother"},
    "GuardianDecision": {"is_verified": True, "evidence_kind": "household_register"},
    "GuardianCheckIn": {"organisation_id": _DISTRICT},
    "GuardianCheckDecision": {
        "is_verified": True,
        "evidence_kind": "household_register",
        "children": 1,
    },
    "WardIn": {
        "name": "林小满",
        "birth_date": "2015-05-20",
        "organisation_id": _DISTRICT,
        "relation": "mother",
        "text_version": "2026-11-22",
    },
    "ActivityConsentIn": {"shift_id": _PROJECT, "risk_statement_version": 1},
    "AnswerIn": {"is_given": True, "risk_statement_version": 1},
    "ErasureIn": {},
    "ProjectIn": {
        "organisation_id": _DISTRICT,
        "name": "周末助老",
        "category": "敬老",
        "description": "陪伴独居老人，代购和读报。",
        "risk_statement": "上下楼梯请注意安全，全程有组织者陪同。",
    },
    "ShiftIn": {
        "project_id": _PROJECT,
        "starts_at": "2026-11-28T09:00:00+08:00",
        "ends_at": "2026-11-28T12:00:00+08:00",
        "place": "梧桐居民区活动室",
        "location": [121.4691, 31.2243],
        "roles": [
            {"key": "companion", "name": "陪伴", "minimum": 2, "target": 4, "maximum": 6},
            {"key": "first-aid", "name": "急救", "target": 1, "skills": {"急救": 3}, "min_age": 18},
        ],
    },
    "ClaimIn": {"role": "companion", "risk_statement_version": 1},
    "RoundIn": {
        "organisation_id": _DISTRICT,
        "horizon_start": "2026-11-23T00:00:00+08:00",
        "horizon_end": "2026-11-30T00:00:00+08:00",
        "seconds_max": 20,
    },
    "PublishIn": {"deadline_at": "2026-11-24T20:00:00+08:00"},
    "AwardIn": {
        "volunteer_id": _VOLUNTEER,
        "points": 20,
        "reason": "全程参加",
        "key": "award-2026-0007",
    },
    "PeopleQuery": {"q": "林"},
    "RevealIn": {"fields": ["phone"], "purpose": "contact"},
    "RevealAsk": {"purpose": "safety"},
    "PairIn": {"one_id": _VOLUNTEER, "other_id": _OTHER_VOLUNTEER},
    "PersonMergeIn": {
        "kept_id": _VOLUNTEER,
        "merged_id": _OTHER_VOLUNTEER,
        "reason": "本人到场核对",
    },
    "NeedIn": {"purpose": "insurance", "recipient": "志愿者保险"},
    "DocumentIn": {"kind": "passport", "number": "E12345678"},
    "ReversalIn": {"key": "reversal-2026-0007"},
    "ClientIn": {
        "organisation_id": _DISTRICT,
        "name": "区志愿服务平台",
        "scopes": ["work:read", "people:write"],
        "purpose": "区平台登记志愿者，读取班次",
    },
    "ProfileIn": {
        "home": [121.445, 31.216],
        "max_travel_m": 5000,
        "likes": [{"cause": "助老", "liking": 3}],
        "max_minutes": 360,
        "max_minutes_per_day": 240,
        "max_shifts": 2,
    },
    "AvailabilityIn": {
        "windows": [{"weekday": 5, "start_minute": 480, "end_minute": 720}],
        "changes": [
            {
                "kind": "off",
                "starts_at": "2026-12-05T00:00:00+08:00",
                "ends_at": "2026-12-06T00:00:00+08:00",
            }
        ],
    },
    "SkillIn": {
        "skill": "急救",
        "level": 3,
        "evidence": "红十字会救护员证，2026 年 3 月取得",
        "evidence_kind": "first_aid_certificate",
        "expires_on": "2029-03-14",
    },
    "SkillConfirmIn": {"expires_on": "2028-11-30", "evidence": "看过原件，与本人相符"},
    "SkillRefuseIn": {"reason": "证件已过期，请换新证后再提交。"},
    "ProviderIn": {
        "organisation_id": _SCHOOL,
        "key": "yucai",
        "title": "育才中学",
        "issuer": "https://login.yucai.example",
        "client_id": "mulin",
        "client_secret": "given-by-the-school",
        "number_claim": "student_number",
    },
    "ProviderSecretIn": {"client_secret": "given-anew-by-the-school"},
    "OrganisationEdit": {
        "name": "梧桐社区",
        "code": "310101001001",
        "reason": "居委会更名",
    },
    "MoveIn": {"parent_id": _DISTRICT, "reason": "区划调整"},
    "MergeIn": {"into_id": _SCHOOL, "reason": "两校合并"},
    "CloseIn": {"reason": "服务队解散"},
    "MembershipIn": {"organisation_id": _SCHOOL, "kind": "student", "starts_on": "2026-09-01"},
    "MembershipEnd": {"ends_on": "2027-06-30"},
    "TagIn": {
        "organisation_id": _DISTRICT,
        "name": "急救骨干",
        "meaning": "受过急救培训，愿意带新人",
    },
    "TagEdit": {"name": "急救骨干", "meaning": "急救证书在有效期内"},
    "TagGrantIn": {"organisation_id": _SCHOOL},
    "TaggingIn": {"volunteer_id": _VOLUNTEER},
    "StaffIn": {"name": "li.ming", "display_name": "李明"},
    "GrantIn": {
        "account_id": "0193f2a4-0000-7000-8000-00000000000a",
        "role": "organiser",
        "organisation_id": _DISTRICT,
        "reason": "接替王老师，负责周末助老",
        "ends_at": "2027-12-31T16:00:00Z",
    },
}
