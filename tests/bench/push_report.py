"""What is wanted of pushes, and what was found: as report.wishes() gives it."""


def wishes(found):
    jobs = {name: [(name, label) for label in ("ocimux", "crane push", "skopeo copy --all")]
            for name in ("push", "push-latency")}
    push, crane, skopeo = jobs["push"]
    far, far_crane, far_skopeo = jobs["push-latency"]
    curl, regctl = ("push", "curl -T, in parallel"), ("push", "regctl image copy")
    large = max((row["memory"] for key, row in found.rows.items()
                 if key[0] == "push-large" and row["tool"] == "ocimux"), default=None)
    return [
        ("push: times as fast as crane", found.ratio(crane, push), ">=", 1),
        ("push: times as fast as skopeo", found.ratio(skopeo, push), ">=", 1.25),
        ("push: times as fast as regctl", found.ratio(regctl, push), "", 0),
        ("push: time to that of curl", found.ratio(push, curl), "<=", 1.15),
        ("push, 50 ms: times as fast as crane", found.ratio(far_crane, far), ">=", 1.5),
        ("push, 50 ms: times as fast as skopeo", found.ratio(far_skopeo, far), ">=", 1.5),
        ("push again: requests to manifests and tags",
         found.rows.get(("push-again", "ocimux"), {}).get("requests_to_least"), "<=", 1),
        ("push, large blob: MiB of memory", large / 2**20 if large else None, "<", 64),
    ]
