# GitHub's workflows deploy by a role that they get for an hour, with a token that GitHub signs:
# no key of AWS's is stored there.  The first deployment, from a person's shell, makes the role.

locals {
  cicd = var.github_repository == "" ? 0 : 1

  arn      = "arn:${local.partition}"
  regional = "${var.region}:${local.account}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count = local.cicd

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "deploy_assume" {
  count = local.cicd

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github[0].arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    # Only a job of this environment, which GitHub starts only when its rules (branch, approval)
    # are met.
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.github_repository}:environment:${var.environment}"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  count = local.cicd

  name                 = "vidqc-deploy-${local.everywhere}"
  assume_role_policy   = data.aws_iam_policy_document.deploy_assume[0].json
  max_session_duration = 3600
}

# What Terraform changes has vidqc in its name, wherever AWS gives it a name; the account is the
# environment's own.
data "aws_iam_policy_document" "deploy" {
  count = local.cicd

  #checkov:skip=CKV_AWS_111:EC2 and API Gateway give a thing its name when they make it; those statements are bound to the region.
  #checkov:skip=CKV_AWS_109:Roles can be made only with the boundary and only by our names, see RolesWithBoundary.
  #checkov:skip=CKV_AWS_356:Reading and network calls whose resources have no name that could be written here.
  #checkov:skip=CKV_AWS_108:A deployment reads the state, the image and parameters; objects in the clips bucket it cannot read.

  statement {
    sid       = "State"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${local.arn}:s3:::vidqc-state-${local.account}-*/*"]
  }

  statement {
    sid       = "StateList"
    actions   = ["s3:ListBucket"]
    resources = ["${local.arn}:s3:::vidqc-state-${local.account}-*"]
  }

  statement {
    sid       = "Registry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "Named"
    actions = [
      "dynamodb:*Table*", "dynamodb:*ContinuousBackups", "dynamodb:*TimeToLive", "dynamodb:*TagsOfResource", "dynamodb:TagResource", "dynamodb:UntagResource",
      "ecr:*",
      "ecs:*",
      "lambda:*",
      "s3:*Bucket*", "s3:*Configuration",
      "sns:*Topic*", "sns:*TagResource", "sns:ListTagsForResource", "sns:Subscribe", "sns:Unsubscribe", "sns:GetSubscriptionAttributes",
      "sqs:*Queue*", "sqs:SetQueueAttributes",
      "ssm:*Parameter*", "ssm:*TagsForResource", "ssm:*TagsToResource",
      "cloudwatch:*",
      "budgets:*",
    ]
    resources = concat(
      [for b in values(local.buckets) : "${local.arn}:s3:::${b}"],
      [for r in [
        "dynamodb:${local.regional}:table/vidqc-*",
        "ecr:${local.regional}:repository/${local.name}",
        "ecs:${local.regional}:*/vidqc-*",
        "lambda:${local.regional}:function:vidqc-*",
        "sns:${local.regional}:vidqc-*",
        "sqs:${local.regional}:vidqc-*",
        "ssm:${local.regional}:parameter/vidqc/*",
        "cloudwatch:${local.regional}:alarm:vidqc-*",
        # What target tracking makes for itself, with the rights of who asks for it.
        "cloudwatch:${local.regional}:alarm:TargetTracking-service/vidqc-*",
        "cloudwatch::${local.account}:dashboard/vidqc-*",
        "budgets::${local.account}:budget/vidqc-*",
      ] : "${local.arn}:${r}"],
    )
  }

  statement {
    sid = "NoName"
    actions = [
      "ec2:*Vpc*", "ec2:*Subnet*", "ec2:*RouteTable*", "ec2:*Route", "ec2:*InternetGateway*", "ec2:*NatGateway*", "ec2:*Address*", "ec2:*SecurityGroup*", "ec2:*FlowLogs", "ec2:*Tags", "ec2:Describe*",
      "apigateway:*",
      "application-autoscaling:*",
      "cognito-idp:*UserPool*",
      "logs:*LogGroup*", "logs:*RetentionPolicy", "logs:*Tag*", "logs:*LogDelivery", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy",
      "ecs:*TaskDefinition*",
      "lambda:*EventSourceMapping*",
      "ssm:DescribeParameters",
      "cloudwatch:Describe*",
    ]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # The smoke test makes a user, asks as that user, and takes the user away.
  dynamic "statement" {
    for_each = aws_cognito_user_pool.main[*].arn
    content {
      sid       = "SmokeUser"
      actions   = ["cognito-idp:AdminCreateUser", "cognito-idp:AdminSetUserPassword", "cognito-idp:AdminInitiateAuth", "cognito-idp:AdminDeleteUser"]
      resources = [statement.value]
    }
  }

  statement {
    sid = "ReadRoles"
    actions = [
      "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
      "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions", "iam:GetOpenIDConnectProvider",
    ]
    resources = [
      "${local.arn}:iam::${local.account}:role/vidqc-*",
      "${local.arn}:iam::${local.account}:policy/vidqc-*",
      "${local.arn}:iam::${local.account}:oidc-provider/token.actions.githubusercontent.com",
    ]
  }

  # The boundary's own policy, the gateway's and this role are changed by a person.
  statement {
    sid     = "RolesWithBoundary"
    actions = ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:TagRole"]
    resources = [
      for r in ["worker", "execution", "router", "flow"] : "${local.arn}:iam::${local.account}:role/vidqc-${r}-${local.everywhere}"
    ]
    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid     = "RolesToServices"
    actions = ["iam:PassRole"]
    resources = [
      for r in ["worker", "execution", "router", "flow", "gateway"] : "${local.arn}:iam::${local.account}:role/vidqc-${r}-${local.everywhere}"
    ]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com", "apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "deploy" {
  count = local.cicd

  name   = "deploy"
  role   = aws_iam_role.deploy[0].id
  policy = data.aws_iam_policy_document.deploy[0].json
}
