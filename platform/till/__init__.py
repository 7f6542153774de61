"""The web till: a page for merchants without an ECR. It uses the public REST API only."""
