"""Invokes an endpoint with unmodified boto3 and prints, as one JSON object, what its caller sees.

Argument: a JSON object with "url", "endpoint", "mode" (legacy or standard), "retries", "body", and optionally "arguments" of invoke_endpoint.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

task = json.loads(sys.argv[1])
client = boto3.client(
    "sagemaker-runtime",
    endpoint_url=task["url"],
    region_name="eu-west-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"mode": task["mode"], "max_attempts": task["retries"]}, connect_timeout=10, read_timeout=20),
)
try:
    reply = client.invoke_endpoint(EndpointName=task["endpoint"], Body=task["body"].encode(), **task.get("arguments", {}))
    seen = {name: value for name, value in reply.items() if isinstance(value, str)}
    seen["Body"] = reply["Body"].read().decode()
except ClientError as error:
    reply = error.response
    seen = {"Exception": type(error).__name__, "Code": reply["Error"]["Code"], "Message": reply["Error"]["Message"]}
    seen.update({name: value for name, value in reply.items() if name.startswith("Original")})
metadata = reply["ResponseMetadata"]
seen.update({"Status": metadata["HTTPStatusCode"], "Retries": metadata["RetryAttempts"], "RequestId": metadata["RequestId"]})
print(json.dumps(seen))
