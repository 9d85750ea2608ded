{# The public id of the customer whose oldest identifier is this node. Made from the node's number,
   so that it lasts as long as the node and tells nothing about the person. #}
{% macro customer_id(node_id) -%}
    md5(concat('customer ', cast({{ node_id }} as varchar)))
{%- endmacro %}
