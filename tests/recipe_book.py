"""The README's recipes as a user would carry them out: which file, where in it, which lines."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """Lines that go into a file after its first line that holds `after`, or at its end."""

    path: str
    text: str
    after: str | None = None

    def make(self, project: Path) -> None:
        """Write it; AssertionError if the file has no such line any more."""
        file = project / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        places = [at for at, line in enumerate(lines) if self.after and self.after in line]
        assert places or not self.after, f"{self.path} has no line with {self.after!r}"
        at = places[0] + 1 if places else len(lines)
        file.write_text("".join([*lines[:at], self.text, *lines[at:]]))


RECIPES = {
    "source of a known kind": (
        Edit(
            "models/staging/warranty/_warranty.yml",
            """version: 2

sources:
  - name: warranty
    description: Registrations of products, as files from the warranty desk.
    schema: raw
    tables:
      - name: products
        identifier: warranty_products
        description: One row per version of a registration.
        config:
          meta:
            collect: {kind: record_files, path: warranty/products, key: [registration_id]}

models:
  - name: stg_warranty__products
    description: One row per version of a registration.
""",
        ),
        Edit(
            "models/staging/warranty/stg_warranty__products.sql",
            """-- Registrations of products. One row per version of a registration.
with

source as (

    select * from {{ source('warranty', 'products') }}

),

renamed as (

    select
        record_id as registration_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        lower({{ json_text('record', 'email') }}) as email,
        {{ json_text('record', 'first_name') }} as first_name,
        {{ json_text('record', 'card') }} as card
    from source

)

select * from renamed
""",
        ),
        Edit(
            "models/identity/int_identifiers.sql",
            """    {{ identifiers_of(ref('stg_warranty__products'), 'warranty', 'registration_id', [
        ('email', 'email'),
    ], country='null') }}
    union all
""",
            after="given as (",
        ),
        Edit(
            "models/identity/_identity.yml",
            "      - {input: ref('stg_warranty__products'), rows: []}\n",
            after="- {input: ref('int_crm_identifiers'), rows: []}",
        ),
        Edit(
            "models/customers/int_contact_records.sql",
            """    union all
    select
        'warranty', registration_id, updated_at, version_key, is_deleted, batch_id,
        email, null, first_name, null, null, null, null,
        null, null, null, null, null,
        null, null
    from {{ ref('stg_warranty__products') }}
""",
            after="from {{ ref('stg_crm__contacts') }}",
        ),
    ),
    "event": (
        Edit(
            "seeds/event_catalog.csv",
            "Store Visited,visit,store,visited,The person came into a shop\n",
        ),
    ),
    "identifier type": (
        Edit(
            "seeds/identifier_types.csv",
            "warranty_card,8,true,5,1,Number of a warranty card\n",
        ),
        Edit(
            "macros/normalize.sql",
            "        when 'warranty_card' "
            "then lower({{ replace_all(value, '[^0-9A-Za-z]', '') }})\n",
            after="when 'anonymous_id' then",
        ),
        Edit(
            "models/identity/int_identifiers.sql",
            "        ('warranty_card', 'card'),\n",
            after="ref('stg_warranty__products')",
        ),
    ),
    "trait": (
        Edit(
            "models/customers/int_activity.sql",
            "    cast(coalesce(sum(case when {{ within(30) }} then page_views end), 0) as bigint)\n"
            "        as page_views_30d,\n",
            after="cast(sum(page_views) as bigint) as page_views,",
        ),
        Edit(
            "models/customers/customers.sql",
            "    coalesce(activity.page_views_30d, 0) as page_views_30d,\n",
            after="coalesce(activity.page_views, 0) as page_views,",
        ),
        Edit(
            "models/customers/customers.yml",
            "      - {name: page_views_30d, data_type: bigint, "
            "description: Of them in the last 30 days.}\n",
            after="- {name: page_views, ",
        ),
    ),
    "segment": (
        Edit(
            "models/segments/seg_window_shoppers.sql",
            """-- People who look at products and have never bought one. One row per customer.
select customer_id
from {{ ref('customers') }}
where
    product_views > 0
    and orders = 0
""",
        ),
        Edit(
            "models/segments/segment_members.sql",
            "union all\n"
            "select 'seg_window_shoppers', customer_id from {{ ref('seg_window_shoppers') }}\n",
        ),
        Edit(
            "models/segments/_segments.yml",
            "  - name: seg_window_shoppers\n"
            "    description: One row per customer who looked at products and never bought one.\n",
            after="description: One row per entry into or exit",
        ),
        Edit(
            "models/segments/segment_members.yml",
            "      - {input: ref('seg_window_shoppers'), rows: []}\n",
            after="- {input: ref('seg_lapsing_customers'), rows: []}",
        ),
    ),
    "sync": (
        Edit(
            "models/activation/file.yml",
            """  - name: file_window_shoppers
    type: application
    description: People who look and never buy, for a mailing.
    owner: {name: Lifecycle marketing, email: lifecycle@example.com}
    depends_on: [ref('customers'), ref('segment_members'), ref('consents')]
    config:
      meta:
        sync:
          destination: file
          options: {path: outbox/window_shoppers, format: csv}
          model: customers
          segment: seg_window_shoppers
          mode: mirror
          consent: {purpose: marketing, channel: email}
          map: {customer_id: customer_id, email: email, first_name: first_name}
""",
        ),
    ),
}
