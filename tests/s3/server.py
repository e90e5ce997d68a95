"""An S3 server for tests: moto, with signatures and permissions checked, on a free port of 127.0.0.1.

Prints one line of JSON with its address and the key that is allowed to use it. Then each line of its input is a command, and is
answered with a line of JSON; at the end of its input it ends, so it never outlives whoever started it.
"""

import json
import logging
import os
import sys

# All that is needed to make a user with a key; whatever comes later must be signed.
UNSIGNED = 3
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(UNSIGNED)
# Nothing of this machine's own settings for AWS.
for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
    del os.environ[name]

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

REGION = "us-east-1"
# What docs/deployment.md says that the key must be allowed to do, and what the commands below need.
ALLOWED = ["ListBucket", "GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "CreateBucket", "ListBucketMultipartUploads"]


def client(service, endpoint, key_id, secret):
    """A client of ours beside the server's own: it sees what is there without Masthead."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return boto3.client(
        service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=key_id, aws_secret_access_key=secret, config=config
    )


def make_key(endpoint):
    iam = client("iam", endpoint, "nobody", "nothing")
    iam.create_user(UserName="masthead")
    statement = {"Effect": "Allow", "Action": [f"s3:{action}" for action in ALLOWED], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="masthead", PolicyName="media", PolicyDocument=policy)
    key = iam.create_access_key(UserName="masthead")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def answer(s3, command, bucket):
    if command == "make":
        s3.create_bucket(Bucket=bucket)
        return None
    if command == "list":
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", [])}
    if command == "unfinished":
        return [upload["Key"] for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
    raise ValueError(command)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    key_id, secret = make_key(endpoint)
    s3 = client("s3", endpoint, key_id, secret)
    print(json.dumps({"endpoint": endpoint, "key_id": key_id, "secret": secret}), flush=True)
    for line in sys.stdin:
        command, bucket = line.split()
        print(json.dumps(answer(s3, command, bucket)), flush=True)
    # Its threads would go on.
    os._exit(0)


if __name__ == "__main__":
    main()
