{# A sender's clock may be hours or decades off. It was looked at twice, when something happened and when
   the message was sent, and ours when the message was received: so it is off by `received - sent`. What is
   no time of this age, even an infinite one, is no clock. #}

{% macro clock_skew(sent, received) -%}
    case when {{ is_of_this_age(sent) }} then {{ received }} - {{ sent }} end
{%- endmacro %}

{% macro by_our_clock(claimed, skew, otherwise) -%}
    case when {{ is_of_this_age(claimed) }} and {{ skew }} is not null then {{ claimed }} + {{ skew }} else {{ otherwise }} end
{%- endmacro %}

{% macro is_of_this_age(moment) -%}
    {{ moment }} between timestamp '1970-01-01 00:00:00' and timestamp '2199-12-31 00:00:00'
{%- endmacro %}

{# Whether something can have happened then: there were messages, and it had happened when we heard of it. #}
{% macro is_possible(moment, received) -%}
    {{ moment }} between timestamp '2000-01-01 00:00:00' and {{ received }}
{%- endmacro %}
